#include "evidence_body.h"

#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "unit.h"

#define NOW_US (INT64_C(1779012720) * 1000000) /* 2026-05-17T10:12:00Z */
#define PLACE "\"service\":{\"name\":\"a\",\"environment\":\"prod\"}"
#define SMOKE "{\"type\":\"smoke\",\"status\":\"passed\"}"

static struct arena *arena;
static struct evidence_body body;
static struct err err;

static bool read_body(const char *text)
{
	struct json_object *json = NULL;
	err = (struct err){ 0 };
	ck_assert_msg(json_parse(text, strlen(text), &json, &err), "%s", text);
	bool ok = evidence_body_read(json, NOW_US, arena, &body, &err);
	json_object_put(json);
	return ok;
}

START_TEST(test_evidence_body__reads_everything)
{
	arena = arena_create();
	ck_assert(read_body("{" PLACE ",\"release\":{\"sourceSha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},"
			    "\"evidence\":[" SMOKE ",{\"type\":\"scan\",\"status\":\"ok\",\"summary\":\"s\","
			    "\"observedAt\":\"2026-05-17T10:00:00Z\",\"data\":{\"critical\":0}}]}"));
	const struct evidence_item *items = body.evidence.items;
	ck_assert_str_eq(body.service.name, "a");
	ck_assert_str_eq(body.release.source_sha, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	ck_assert_ptr_null(body.artifact.digest);
	ck_assert_uint_eq(body.evidence.count, 2);
	ck_assert_int_eq(items[0].observed_at_us, NOW_US);
	ck_assert_str_eq(items[0].summary, "");
	ck_assert_int_eq(items[1].observed_at_us, NOW_US - INT64_C(720000000));
	ck_assert_str_eq(items[1].value, "{\"critical\":0,\"status\":\"ok\",\"summary\":\"s\"}");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_evidence_body__speaks_of_no_release_where_none_is_named)
{
	arena = arena_create();
	ck_assert(read_body("{" PLACE ",\"release\":{},\"artifact\":null,\"evidence\":[" SMOKE "]}"));
	ck_assert_ptr_null(body.release.source_sha);
	ck_assert_ptr_null(body.artifact.digest);
	arena_destroy(arena);
}
END_TEST

START_TEST(test_evidence_body__names_the_place_of_a_fault)
{
	static const struct {
		const char *text, *where;
		enum err_kind kind;
	} cases[] = {
		{ "{" PLACE "}", "/evidence", ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[]}", "/evidence", ERR_INVALID },
		{ "{\"evidence\":[" SMOKE "]}", "/service", ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[" SMOKE "],\"x\":1}", "/x", ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[{\"status\":\"passed\"}]}", "/evidence/0/type", ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[{\"type\":\"a b\",\"status\":\"passed\"}]}", "/evidence/0/type",
			ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[" SMOKE "],\"artifact\":{\"digest\":\"latest\"}}", "/artifact/digest",
			ERR_UNPROCESSABLE },
		{ "{" PLACE ",\"evidence\":[" SMOKE "],\"release\":{\"sourceSha\":\"main\"}}", "/release/sourceSha",
			ERR_UNPROCESSABLE },
		{ "{" PLACE ",\"evidence\":[" SMOKE
		  ",{\"type\":\"a\",\"status\":\"b\",\"observedAt\":\"2026-05-17T10:13:01Z\"}]}",
			"/evidence/1/observedAt", ERR_UNPROCESSABLE },
		{ "{" PLACE
		  ",\"evidence\":[{\"type\":\"a\",\"status\":\"b\",\"observedAt\":\"1969-12-31T23:59:59Z\"}]}",
			"/evidence/0/observedAt", ERR_UNPROCESSABLE },
		{ "{" PLACE ",\"evidence\":[{\"type\":\"a\",\"status\":\"b\",\"data\":7}]}", "/evidence/0/data",
			ERR_INVALID },
		{ "{" PLACE ",\"evidence\":[{\"type\":\"a\",\"status\":\"b\",\"data\":{\"status\":7}}]}",
			"/evidence/0/data/status", ERR_INVALID },
	};
	arena = arena_create();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(!read_body(cases[i].text), "%s", cases[i].text);
		ck_assert_str_eq(err.where, cases[i].where);
		ck_assert_int_eq(err.kind, cases[i].kind);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(test_evidence_body__a_clock_may_be_a_minute_ahead)
{
	arena = arena_create();
	ck_assert(read_body("{" PLACE ",\"evidence\":[{\"type\":\"a\",\"status\":\"b\","
			    "\"observedAt\":\"2026-05-17T10:13:00Z\"}]}"));
	arena_destroy(arena);
}
END_TEST

START_TEST(test_evidence_body__a_fact_has_a_size)
{
	arena = arena_create();
	owned_buf struct buf text = { 0 };
	buf_append_str(&text, "{" PLACE ",\"evidence\":[{\"type\":\"a\",\"status\":\"b\",\"data\":{\"x\":\"");
	const size_t begin = text.len;
	while (text.len - begin < EVIDENCE_VALUE_MAX_BYTES)
		buf_append_char(&text, 'x');
	buf_append_str(&text, "\"}}]}");
	ck_assert(!read_body(buf_str(&text)));
	ck_assert_int_eq(err.kind, ERR_TOO_LARGE);
	ck_assert_str_eq(err.where, "/evidence/0/data");
	arena_destroy(arena);
}
END_TEST

UNIT_MAIN("api-gateway/evidence-body", test_evidence_body__reads_everything,
	test_evidence_body__speaks_of_no_release_where_none_is_named, test_evidence_body__names_the_place_of_a_fault,
	test_evidence_body__a_clock_may_be_a_minute_ahead, test_evidence_body__a_fact_has_a_size)
