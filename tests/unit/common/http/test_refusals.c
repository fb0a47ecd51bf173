#include <json-c/json_object.h>
#include <json-c/json_tokener.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "http/server.h"
#include "unit.h"

#define HOST "Host: a\r\n"
#define SMUGGLED "GET /smuggled HTTP/1.1\r\n" HOST "\r\n"

struct refusal {
	int status;
	const char *text;
};

/* Everything that must be refused before a handler sees it. */
static const struct refusal refusals[] = {
	/* two readings of where the body ends */
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" SMUGGLED },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 2\r\n\r\nab" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +2\r\n\r\nab" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x2\r\n\r\nab" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\n" },
	{ 400, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
	{ 501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
	{ 501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
	       "chunked\r\n\r\n0\r\n\r\n" },
	/* chunks */
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\rXhello\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5 x\r\nhello\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n00000000000000000005\r\nhello\r\n" },
	{ 400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n folded\r\n\r\n" },
	{ 413, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nfffffffffff\r\nhello" },
	{ 413, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n" },
	{ 413, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n" },
	/* lines */
	{ 400, "GET / HTTP/1.1\n" HOST "\n\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "X: y\r\n folded\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "Y y: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST ": a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "noColon\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "X: \xff\r\n\r\n" },
	{ 400, "GET  / HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a b HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET / RTSP/1.0\r\n" HOST "\r\n" },
	/* host */
	{ 400, "GET / HTTP/1.1\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
	/* target */
	{ 400, "GET nopath HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a%2 HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a%zz HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a%00 HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a%ff HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a?x=%ff HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a?x=%c0%80 HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a?x=1&x=2 HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a/../b HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a/%2e%2e/b HTTP/1.1\r\n" HOST "\r\n" },
	{ 400, "GET /a#b HTTP/1.1\r\n" HOST "\r\n" },
	/* methods and versions */
	{ 501, "BREW-BREW-BREW-BREW-BREW-BREW-BREW / HTTP/1.1\r\n" HOST "\r\n" },
	{ 501, "get / HTTP/1.1\r\n" HOST "\r\n" },
	{ 501, "CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n" },
	{ 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
	{ 505, "GET / HTTP/2.0\r\n" HOST "\r\n" },
	{ 505, "GET / HTTP/1.2\r\n" HOST "\r\n" },
	{ 505, "GET / HTTP/1.10\r\n" HOST "\r\n" },
	{ 505, "GET / HTTP/0.9\r\n" HOST "\r\n" },
	{ 505, "GET /\r\n\r\n" },
};

/* The problem in an answer: the status in it, checked against the status line's. */
static int problem_status(const struct buf *heard)
{
	ck_assert_msg(strncmp(buf_str(heard), "HTTP/1.1 ", 9) == 0, "\"%s\"", buf_str(heard));
	ck_assert_ptr_nonnull(strstr(heard->data, "\r\nContent-Type: application/problem+json\r\n"));
	ck_assert_ptr_nonnull(strstr(heard->data, "\r\nConnection: close\r\n"));
	struct json_object *problem = json_tokener_parse(strstr(heard->data, "\r\n\r\n") + 4);
	ck_assert_ptr_nonnull(problem);
	static const char *const members[] = { "type", "title", "status", "detail", "traceId" };
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		ck_assert_msg(json_object_object_get(problem, members[i]) != NULL, "no %s", members[i]);
	int status = json_object_get_int(json_object_object_get(problem, "status"));
	ck_assert_int_eq(status, atoi(heard->data + 9));
	json_object_put(problem);
	return status;
}

START_TEST(test_refusals__refuses_before_the_handler)
{
	struct fixture f;
	fixture_start(&f, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		owned_buf struct buf heard = { 0 };
		fixture_exchange(&f, refusals[i].text, &heard);
		ck_assert_msg(heard.len > 0, "no answer to \"%s\"", refusals[i].text);
		int status = problem_status(&heard);
		ck_assert_msg(status == refusals[i].status, "%d for \"%s\"", status, refusals[i].text);
		ck_assert_msg(f.handled == 0, "\"%s\" reached the handler", refusals[i].text);
	}
	fixture_stop(&f);
}
END_TEST

START_TEST(test_refusals__refuses_a_nul_byte)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n";
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say_bytes(fd, text, sizeof(text) - 1);
	fixture_expect_end(&f, fd, &heard);
	ck_assert_int_eq(problem_status(&heard), 400);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_refusals__refuses_headers_past_the_limit)
{
	struct fixture f;
	fixture_start(&f, NULL);
	owned_buf struct buf text = { 0 }, heard = { 0 };
	buf_append_str(&text, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
	for (int i = 0; i < 17000; i++)
		buf_append_char(&text, 'x');
	fixture_exchange(&f, text.data, &heard);
	ck_assert_int_eq(problem_status(&heard), 431);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_refusals__takes_headers_just_below_the_limit)
{
	struct fixture f;
	fixture_start(&f, NULL);
	owned_buf struct buf text = { 0 }, heard = { 0 };
	buf_append_str(&text, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ");
	while (text.len < 16380)
		buf_append_char(&text, 'x');
	buf_append_str(&text, "\r\n\r\n");
	fixture_exchange(&f, text.data, &heard);
	ck_assert_int_eq(atoi(heard.data + 9), 200);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_refusals__refuses_too_many_headers)
{
	struct fixture f;
	fixture_start(&f, NULL);
	owned_buf struct buf text = { 0 }, heard = { 0 };
	buf_append_str(&text, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 200; i++)
		buf_append_str(&text, "X: y\r\n");
	buf_append_str(&text, "\r\n");
	fixture_exchange(&f, text.data, &heard);
	ck_assert_int_eq(problem_status(&heard), 431);
	fixture_stop(&f);
}
END_TEST

/* A client that is still sending when it is refused must be able to read why. */
START_TEST(test_refusals__lets_a_sending_client_read_the_answer)
{
	struct http_server_conf conf = { .body_bytes_max = 1000 };
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	char bytes[10000];
	memset(bytes, 'x', sizeof(bytes));
	fixture_say(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
	for (int i = 0; i < 10; i++) {
		fixture_say_bytes(fd, bytes, sizeof(bytes));
		fixture_run(&f, 5);
	}
	fixture_expect_end(&f, fd, &heard);
	ck_assert_int_eq(problem_status(&heard), 413);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_refusals__bounds_all_bodies_together)
{
	struct http_server_conf conf = { .body_bytes_total_max = 100 };
	struct fixture f;
	fixture_start(&f, &conf);
	log_setup("test", LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	int first = fixture_dial(&f), second = fixture_dial(&f);
	owned_buf struct buf heard = { 0 }, text = { 0 };
	buf_append_str(&text, "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 80\r\n\r\n");
	for (int i = 0; i < 80; i++)
		buf_append_char(&text, 'x');
	fixture_say(first, text.data);
	fixture_until(&f, &f.handled);
	fixture_say(second, text.data);
	fixture_expect_end(&f, second, &heard);
	ck_assert_int_eq(problem_status(&heard), 503);
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\nRetry-After: 2\r\n"));
	http_respond(f.waiting, 204, NULL, NULL, 0);
	fixture_run(&f, 10);
	buf_truncate(&heard, 0);
	fixture_say(first, text.data);
	fixture_run(&f, 20);
	ck_assert_int_eq(f.handled, 2);
	close(first);
	close(second);
	fixture_run(&f, 10);
	fixture_stop(&f);
}
END_TEST

UNIT_MAIN("http/refusals", test_refusals__refuses_before_the_handler, test_refusals__refuses_a_nul_byte,
	test_refusals__refuses_headers_past_the_limit, test_refusals__takes_headers_just_below_the_limit,
	test_refusals__refuses_too_many_headers, test_refusals__lets_a_sending_client_read_the_answer,
	test_refusals__bounds_all_bodies_together)
