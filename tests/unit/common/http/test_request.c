#include "http/request.h"

#include <json-c/json_object.h>
#include <json-c/json_tokener.h>
#include <string.h>

#include "fixture.h"
#include "unit.h"

/* What the handler of a test does with the one request. */
static void (*act)(struct http_request *request);

static void handle(struct http_request *request, void *context)
{
	(void)context;
	act(request);
}

static void exchange(void (*fn)(struct http_request *), const char *head, const char *body, struct buf *heard)
{
	struct fixture f = { .base = event_base_new() };
	struct http_server_conf conf = { .listen = { .host = "127.0.0.1" } };
	act = fn;
	f.server = http_server_create(f.base, &conf, handle, NULL, NULL);
	owned_buf struct buf text = { 0 };
	buf_printf(
		&text, "%s\r\nHost: a\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body), body);
	fixture_exchange(&f, text.data, heard);
	fixture_stop(&f);
}

static void see_query(struct http_request *request)
{
	ck_assert_str_eq(http_request_query(request, "q"), "a b&c");
	ck_assert_str_eq(http_request_query(request, "empty"), "");
	ck_assert_str_eq(http_request_query(request, "bare"), "");
	ck_assert_str_eq(http_request_query(request, "\xc3\xa4"), "1+2");
	ck_assert_ptr_null(http_request_query(request, "none"));
	ck_assert_uint_eq(http_request_query_count(request), 4);
	ck_assert_str_eq(http_request_query_name(request, 1), "empty");
	ck_assert_str_eq(http_request_path(request), "/a%20b/");
	ck_assert_uint_eq(http_request_segment_count(request), 2);
	ck_assert_str_eq(http_request_segment(request, 0), "a b");
	ck_assert_str_eq(http_request_segment(request, 1), "");
	http_respond(request, 204, NULL, NULL, 0);
}

START_TEST(test_request__decodes_path_and_query)
{
	owned_buf struct buf heard = { 0 };
	exchange(see_query, "GET /a%20b/?q=a+b%26c&empty=&bare&&%C3%A4=1%2B2 HTTP/1.1", "", &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "HTTP/1.1 204 No Content\r\n"));
	ck_assert_ptr_null(strstr(heard.data, "Content-Length"));
}
END_TEST

static void see_headers(struct http_request *request)
{
	ck_assert_str_eq(http_request_header(request, "x-one"), "spaced out");
	ck_assert_str_eq(http_request_header(request, "X-MANY"), "a, b");
	ck_assert_str_eq(http_request_header(request, "x-empty"), "");
	ck_assert_ptr_null(http_request_header(request, "x-none"));
	ck_assert_str_eq(http_request_remote(request), "127.0.0.1");
	ck_assert_uint_gt(arena_used_bytes(http_request_arena(request)), 0);
	http_response_header(request, "Location", "/there");
	http_respond(request, 202, NULL, NULL, 0);
}

START_TEST(test_request__finds_headers_in_any_case_and_joins_lines)
{
	owned_buf struct buf heard = { 0 };
	exchange(see_headers, "GET / HTTP/1.1\r\nX-One:\t spaced out \t\r\nx-Many: a\r\nX-many: b\r\nX-Empty:", "",
		&heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "HTTP/1.1 202 Accepted\r\n"));
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\nLocation: /there\r\n"));
}
END_TEST

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"

static void see_trace(struct http_request *request)
{
	ck_assert_str_eq(http_request_log_ctx(request)->trace_id, TRACE_ID);
	const char *parent = http_request_traceparent(request);
	ck_assert_uint_eq(strlen(parent), 55);
	ck_assert_int_eq(strncmp(parent, "00-" TRACE_ID "-", 36), 0);
	ck_assert_ptr_null(strstr(parent, "00f067aa0ba902b7"));
	ck_assert_str_eq(parent + 52, "-01");
	http_respond(request, 204, NULL, NULL, 0);
}

START_TEST(test_request__continues_the_callers_trace)
{
	owned_buf struct buf heard = { 0 };
	exchange(see_trace, "GET / HTTP/1.1\r\ntraceparent: 00-" TRACE_ID "-00f067aa0ba902b7-03", "", &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\ntraceparent: 00-" TRACE_ID "-"));
}
END_TEST

static struct err fault;

static void answer_fault(struct http_request *request)
{
	http_problem(request, &fault);
}

static struct json_object *problem(const char *body, struct buf *heard)
{
	exchange(answer_fault, "POST / HTTP/1.1", body, heard);
	return json_tokener_parse(strstr(heard->data, "\r\n\r\n") + 4);
}

static const char *member(struct json_object *object, const char *name)
{
	return json_object_get_string(json_object_object_get(object, name));
}

START_TEST(test_request__writes_a_problem_with_pointer)
{
	owned_buf struct buf heard = { 0 };
	err_set_at(&fault, ERR_UNPROCESSABLE, "/artifact/digest", "is no \xc3 \"digest\"");
	struct json_object *object = problem("{}", &heard);
	ck_assert_str_eq(member(object, "type"), "https://releasepassport.dev/problems/unprocessable");
	ck_assert_int_eq(json_object_get_int(json_object_object_get(object, "status")), 422);
	ck_assert_str_eq(member(object, "detail"), "is no \xef\xbf\xbd \"digest\"");
	ck_assert_str_eq(member(object, "pointer"), "/artifact/digest");
	ck_assert_uint_eq(strlen(member(object, "traceId")), 32);
	ck_assert_ptr_null(member(object, "parameter"));
	json_object_put(object);
}
END_TEST

static void answer_with_extension(struct http_request *request)
{
	struct json_object *extension = json_tokener_parse("{\"findings\":[{\"line\":3}]}");
	http_problem_with(request, &fault, extension);
	json_object_put(extension);
}

START_TEST(test_request__extends_a_problem)
{
	owned_buf struct buf heard = { 0 };
	err_set(&fault, ERR_UNPROCESSABLE, "is no policy");
	exchange(answer_with_extension, "POST / HTTP/1.1", "{}", &heard);
	struct json_object *object = json_tokener_parse(strstr(heard.data, "\r\n\r\n") + 4);
	ck_assert_str_eq(member(object, "detail"), "is no policy");
	ck_assert_str_eq(member(object, "findings"), "[ { \"line\": 3 } ]");
	json_object_put(object);
}
END_TEST

START_TEST(test_request__points_at_the_whole_body_only_if_there_is_one)
{
	owned_buf struct buf first = { 0 }, second = { 0 };
	err_set(&fault, ERR_INVALID, "is no object");
	struct json_object *with = problem("[]", &first), *without = problem("", &second);
	ck_assert_str_eq(member(with, "pointer"), "");
	ck_assert_ptr_null(member(without, "pointer"));
	json_object_put(with);
	json_object_put(without);
}
END_TEST

START_TEST(test_request__names_the_parameter)
{
	owned_buf struct buf heard = { 0 };
	err_set_at(&fault, ERR_INVALID, "Idempotency-Key", "is missing");
	struct json_object *object = problem("{}", &heard);
	ck_assert_str_eq(member(object, "parameter"), "Idempotency-Key");
	ck_assert_ptr_null(member(object, "pointer"));
	json_object_put(object);
}
END_TEST

START_TEST(test_request__adds_the_headers_that_a_status_needs)
{
	static const struct {
		enum err_kind kind;
		const char *header;
	} cases[] = { { ERR_RATE_LIMITED, "\r\nRetry-After: 1\r\n" }, { ERR_UNAVAILABLE, "\r\nRetry-After: 2\r\n" },
		{ ERR_EVALUATION_FAILED, "\r\nRetry-After: 2\r\n" },
		{ ERR_UNAUTHENTICATED, "\r\nWWW-Authenticate: Bearer\r\n" } };
	log_setup("test", LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf heard = { 0 };
		err_set(&fault, cases[i].kind, "x");
		json_object_put(problem("", &heard));
		ck_assert_ptr_nonnull(strstr(heard.data, cases[i].header));
	}
}
END_TEST

static void answer_json(struct http_request *request)
{
	struct json_object *object = json_object_new_object();
	json_object_object_add(object, "url", json_object_new_string("a/b"));
	http_respond_json(request, 201, object);
	json_object_put(object);
}

START_TEST(test_request__answers_json)
{
	owned_buf struct buf heard = { 0 };
	exchange(answer_json, "POST / HTTP/1.1", "", &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\nContent-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\n\r\n{\"url\":\"a/b\"}"));
}
END_TEST

UNIT_MAIN("http/request", test_request__decodes_path_and_query, test_request__finds_headers_in_any_case_and_joins_lines,
	test_request__continues_the_callers_trace, test_request__writes_a_problem_with_pointer,
	test_request__extends_a_problem, test_request__points_at_the_whole_body_only_if_there_is_one,
	test_request__names_the_parameter, test_request__adds_the_headers_that_a_status_needs,
	test_request__answers_json)
