#include "http/router.h"

#include <string.h>

#include "fixture.h"
#include "unit.h"

static void answer(struct http_request *request, void *context)
{
	(void)context;
	const struct http_route *route = http_request_route(request);
	const char *id = http_request_param(request, "id"), *rest = http_request_param(request, "rest");
	owned_buf struct buf out = { 0 };
	buf_printf(
		&out, "%s id=%s rest=%s", (const char *)route->data, id != NULL ? id : "-", rest != NULL ? rest : "-");
	http_respond(request, 200, "text/plain", out.data, out.len);
}

static const struct http_route routes[] = {
	{ "GET", "/", answer, "root" },
	{ "GET", "/v1/passports", answer, "list" },
	{ "GET", "/v1/passports/{id}.dsse", answer, "dsse" },
	{ "GET", "/v1/passports/{id}", answer, "one" },
	{ "PUT", "/v1/passports/{id}", answer, "put" },
	{ "POST", "/v1/passports", answer, "create" },
	{ "POST", "/v1/policies/validate", answer, "validate" },
	{ "GET", "/v1/policies/{id}", answer, "policy" },
	{ "GET", "/tile/{rest...}", answer, "tile" },
	{ 0 },
};

static void route(struct http_request *request, void *context)
{
	http_route_dispatch(routes, request, context);
}

struct expectation {
	const char *line, *answer;
};

static const struct expectation expectations[] = {
	{ "GET /", "root id=- rest=-" },
	{ "GET /?x=1", "root id=- rest=-" },
	{ "GET /v1/passports", "list id=- rest=-" },
	{ "POST /v1/passports", "create id=- rest=-" },
	{ "GET /v1/passports/pp_1", "one id=pp_1 rest=-" },
	{ "GET /v1/passports/pp_1.dsse", "dsse id=pp_1 rest=-" },
	{ "GET /v1/passports/.dsse", "one id=.dsse rest=-" },
	{ "GET /v1/passports/a%2Fb", "one id=a/b rest=-" },
	{ "PUT /v1/passports/x", "put id=x rest=-" },
	{ "GET /tile/0/x001/002", "tile id=- rest=0/x001/002" },
	{ "GET http://a/v1/passports", "list id=- rest=-" },
	{ "GET /v1", "HTTP/1.1 404 " },
	{ "GET /v1/passports/", "HTTP/1.1 404 " },
	{ "GET //v1/passports", "HTTP/1.1 404 " },
	{ "GET /v1/passports/a/b", "HTTP/1.1 404 " },
	{ "GET /v1/passports%2Fa", "HTTP/1.1 404 " },
	{ "GET /tile", "HTTP/1.1 404 " },
	{ "GET /tile/", "HTTP/1.1 404 " },
	{ "GET /V1/passports", "HTTP/1.1 404 " },
	{ "OPTIONS *", "HTTP/1.1 404 " },
	{ "POST /v1/policies/validate", "validate id=- rest=-" },
	{ "GET /v1/policies/validate", "\r\nAllow: POST\r\n" },
	{ "GET /v1/policies/p", "policy id=p rest=-" },
	{ "DELETE /v1/passports", "\r\nAllow: GET, HEAD, POST\r\n" },
	{ "DELETE /v1/passports", "HTTP/1.1 405 " },
	{ "QUERY /v1/passports", "HTTP/1.1 405 " },
	{ "BREW /v1/passports/x", "\r\nAllow: GET, HEAD, PUT\r\n" },
	{ "TRACE /v1/passports/x", "\r\nAllow: GET, HEAD, PUT\r\n" },
};

START_TEST(test_router__finds_the_row_or_answers)
{
	struct fixture f = { .base = event_base_new() };
	struct http_server_conf conf = { .listen = { .host = "127.0.0.1" } };
	f.server = http_server_create(f.base, &conf, route, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(expectations); i++) {
		owned_buf struct buf text = { 0 }, heard = { 0 };
		buf_printf(&text, "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", expectations[i].line);
		fixture_exchange(&f, text.data, &heard);
		ck_assert_msg(strstr(heard.data, expectations[i].answer) != NULL, "%s: no \"%s\" in \"%s\"",
			expectations[i].line, expectations[i].answer, heard.data);
	}
	fixture_stop(&f);
}
END_TEST

START_TEST(test_router__serves_head_where_it_serves_get)
{
	struct fixture f = { .base = event_base_new() };
	struct http_server_conf conf = { .listen = { .host = "127.0.0.1" } };
	f.server = http_server_create(f.base, &conf, route, NULL, NULL);
	owned_buf struct buf heard = { 0 };
	fixture_exchange(&f, "HEAD /v1/passports HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "HTTP/1.1 200 "));
	ck_assert_str_eq(strstr(heard.data, "\r\n\r\n"), "\r\n\r\n");
	fixture_stop(&f);
}
END_TEST

UNIT_MAIN("http/router", test_router__finds_the_row_or_answers, test_router__serves_head_where_it_serves_get)
