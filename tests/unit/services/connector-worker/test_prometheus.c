#include "prometheus.h"

#include <string.h>

#include "base/utf8.h"
#include "unit.h"

#define NOW INT64_C(1779012000000000)

static const struct {
	const char *what;
	int http_status;
	const char *body;
	Rp__V1__FactStatus status;
	const char *value;
} cases[] = {
	{ "one sample", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
		"[{\"metric\":{},\"value\":[1779011999.5,\"0.25\"]}]}}",
		RP__V1__FACT_STATUS__FACT_OK, "{\"value\":0.25}" },
	{ "a scalar", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1779011999,\"3\"]}}",
		RP__V1__FACT_STATUS__FACT_OK, "{\"value\":3}" },
	{ "two samples", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
		"[{\"metric\":{\"job\":\"a\"},\"value\":[1779011999,\"1\"]},{\"metric\":{\"job\":\"b\"},\"value\":["
		"1779011998,\"2\"]}]}}",
		RP__V1__FACT_STATUS__FACT_OK,
		"{\"samples\":[{\"labels\":{\"job\":\"a\"},\"value\":1},{\"labels\":{\"job\":\"b\"},\"value\":2}]}" },
	{ "warnings", 200,
		"{\"status\":\"success\",\"warnings\":[\"one store was "
		"away\"],\"data\":{\"resultType\":\"vector\",\"result\":"
		"[{\"metric\":{},\"value\":[1779011999,\"1\"]}]}}",
		RP__V1__FACT_STATUS__FACT_PARTIAL, "{\"value\":1}" },
	{ "nothing", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
		RP__V1__FACT_STATUS__FACT_NO_DATA, "" },
	{ "NaN", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":["
		"1779011999,\"NaN\"]}]}}",
		RP__V1__FACT_STATUS__FACT_NAN, "" },
	{ "infinity", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1779011999,\"+Inf\"]}}",
		RP__V1__FACT_STATUS__FACT_NAN, "" },
	{ "a matrix", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
		RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "a value that is no text", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1779011999,3]}}",
		RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "a value with a tail", 200,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1779011999,\"3x\"]}}",
		RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "success without data", 200, "{\"status\":\"success\"}", RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "an error", 422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"boom\"}",
		RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "a timeout", 503, "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"too slow\"}",
		RP__V1__FACT_STATUS__FACT_TIMEOUT, "" },
	{ "success with a wrong status", 500,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1779011999,\"3\"]}}",
		RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "a page", 502, "<html>bad gateway</html>", RP__V1__FACT_STATUS__FACT_ERROR, "" },
	{ "an empty body", 200, "", RP__V1__FACT_STATUS__FACT_ERROR, "" },
};

START_TEST(test_prometheus__reads_answers)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned(arena) struct arena *arena = arena_create();
		struct observation o;
		const struct http_answer answer = { cases[i].http_status, "application/json", cases[i].body,
			strlen(cases[i].body) };
		prometheus_type.read(&answer, NOW, arena, &o);
		ck_assert_msg(o.status == cases[i].status, "%s: status %d, %s", cases[i].what, (int)o.status, o.detail);
		ck_assert_msg(strcmp(o.value, cases[i].value) == 0, "%s: %s", cases[i].what, o.value);
		ck_assert_uint_eq(o.value_len, strlen(cases[i].value));
	}
}
END_TEST

START_TEST(test_prometheus__takes_the_oldest_time_and_none_of_the_future)
{
	owned(arena) struct arena *arena = arena_create();
	struct observation o;
	static const char two[] =
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
		"{\"metric\":{},\"value\":[1779011999,\"1\"]},{\"metric\":{},\"value\":[1779011990,\"2\"]}]}}";
	prometheus_type.read(&(struct http_answer){ 200, "", two, strlen(two) }, NOW, arena, &o);
	ck_assert_int_eq(o.observed_at_us, INT64_C(1779011990000000));
	static const char future[] =
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1879011999,\"1\"]}}";
	prometheus_type.read(&(struct http_answer){ 200, "", future, strlen(future) }, NOW, arena, &o);
	ck_assert_int_eq(o.observed_at_us, NOW);
}
END_TEST

/* A record with a text that is cut within a character is one that nobody can read. */
START_TEST(test_prometheus__cuts_texts_between_characters)
{
	for (size_t shift = 0; shift < 3; shift++) {
		owned(arena) struct arena *arena = arena_create();
		owned_buf struct buf long_text = { 0 }, failed = { 0 }, warned = { 0 };
		struct observation o;
		buf_append(&long_text, "ab", shift);
		for (size_t i = 0; i < 300; i++)
			buf_append_str(&long_text, "\xe2\x82\xac");
		buf_printf(&failed, "{\"status\":\"error\",\"errorType\":\"%s\",\"error\":\"%s\"}", buf_str(&long_text),
			buf_str(&long_text));
		prometheus_type.read(&(struct http_answer){ 422, "", buf_str(&failed), failed.len }, NOW, arena, &o);
		ck_assert_int_eq(o.status, RP__V1__FACT_STATUS__FACT_ERROR);
		ck_assert(utf8_valid(o.detail, strlen(o.detail)));
		ck_assert_uint_gt(strlen(o.detail), 300);
		buf_printf(&warned,
			"{\"status\":\"success\",\"warnings\":[\"%s\"],\"data\":{\"resultType\":\"scalar\","
			"\"result\":[1779011999,\"3\"]}}",
			buf_str(&long_text));
		prometheus_type.read(&(struct http_answer){ 200, "", buf_str(&warned), warned.len }, NOW, arena, &o);
		ck_assert_int_eq(o.status, RP__V1__FACT_STATUS__FACT_PARTIAL);
		ck_assert(utf8_valid(o.detail, strlen(o.detail)));
		ck_assert_uint_le(strlen(o.detail), OBSERVATION_DETAIL_MAX);
	}
}
END_TEST

START_TEST(test_prometheus__encodes_the_query)
{
	owned(arena) struct arena *arena = arena_create();
	const struct connector connector = {
		.name = "p", .type = &prometheus_type, .url = "http://127.0.0.1:9090", .timeout_ms = 1500
	};
	struct http_call call = { 0 };
	struct err err;
	ck_assert(prometheus_type.prepare(&connector, "a{b=\"c&d\"} + 1", arena, &call, &err));
	ck_assert_str_eq(call.url, "http://127.0.0.1:9090/api/v1/query");
	ck_assert_str_eq(call.body, "query=a%7Bb%3D%22c%26d%22%7D%20%2B%201&timeout=1500ms");
	ck_assert(!prometheus_type.prepare(&connector, "", arena, &call, &err));
}
END_TEST

UNIT_MAIN("connector-worker/prometheus", test_prometheus__reads_answers,
	test_prometheus__takes_the_oldest_time_and_none_of_the_future, test_prometheus__cuts_texts_between_characters,
	test_prometheus__encodes_the_query)
