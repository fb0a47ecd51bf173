#include "http/server.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "metrics/metrics.h"
#include "unit.h"

#define GET_ECHO "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"

START_TEST(test_server__keeps_the_connection_for_the_next_request)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	for (int i = 0; i < 3; i++) {
		owned_buf struct buf heard = { 0 };
		fixture_say(fd, GET_ECHO);
		fixture_expect(&f, fd, &heard, "\r\n\r\nGET /echo ");
		ck_assert_ptr_nonnull(strstr(heard.data, "HTTP/1.1 200 OK\r\n"));
		ck_assert_ptr_nonnull(strstr(heard.data, "Content-Length: 10\r\n"));
		ck_assert_ptr_nonnull(strstr(heard.data, "traceparent: 00-"));
		ck_assert_ptr_null(strstr(heard.data, "Connection:"));
	}
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__answers_pipelined_requests_in_order)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
			"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
			"GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_run(&f, 20);
	ck_assert_int_eq(f.handled, 1);
	http_respond(f.waiting, 200, "text/plain", "first", 5);
	fixture_expect(&f, fd, &heard, "GET /c ");
	const char *first = strstr(heard.data, "first"), *second = strstr(heard.data, "POST /b hi");
	ck_assert(first != NULL && second != NULL && first < second && second < strstr(heard.data, "GET /c "));
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__answers_pipelined_requests_of_a_client_that_closed_its_side)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
	shutdown(fd, SHUT_WR);
	fixture_expect_end(&f, fd, &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "GET /1 "));
	ck_assert_ptr_nonnull(strstr(heard.data, "GET /2 "));
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__decodes_chunks_in_any_pieces)
{
	static const char text[] = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
				   "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n" GET_ECHO;
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		fixture_say_bytes(fd, text + i, 1);
		if (i % 8 == 0)
			event_base_loop(f.base, EVLOOP_NONBLOCK);
	}
	fixture_expect(&f, fd, &heard, "POST /echo hello world");
	fixture_expect(&f, fd, &heard, "GET /echo ");
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__reads_a_body_of_the_largest_size)
{
	struct http_server_conf conf = { .body_bytes_max = 300000 };
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 }, body = { 0 };
	for (int i = 0; i < 300000; i++)
		buf_append_char(&body, (char)('a' + i % 26));
	fixture_say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
	for (size_t at = 0; at < body.len; at += 10000) {
		fixture_say_bytes(fd, body.data + at, 10000);
		fixture_run(&f, 3);
	}
	fixture_expect(&f, fd, &heard, body.data);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__says_continue_when_asked)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	fixture_expect(&f, fd, &heard, "HTTP/1.1 100 Continue\r\n\r\n");
	fixture_say(fd, "hi");
	fixture_expect(&f, fd, &heard, "POST /echo hi");
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__answers_head_without_the_body)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n" GET_ECHO);
	fixture_expect(&f, fd, &heard, "GET /echo ");
	ck_assert_ptr_nonnull(strstr(heard.data, "Content-Length: 11\r\n"));
	ck_assert_ptr_null(strstr(heard.data, "HEAD /echo"));
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__closes_when_the_client_asks_or_speaks_1_0)
{
	static const char *const texts[] = { "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"GET /echo HTTP/1.0\r\n\r\n" };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct fixture f;
		fixture_start(&f, NULL);
		owned_buf struct buf heard = { 0 };
		fixture_exchange(&f, texts[i], &heard);
		ck_assert_ptr_nonnull(strstr(heard.data, "Connection: close\r\n"));
		ck_assert_ptr_nonnull(strstr(heard.data, "GET /echo "));
		fixture_stop(&f);
	}
}
END_TEST

START_TEST(test_server__keeps_alive_for_1_0_when_asked)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" GET_ECHO);
	fixture_expect(&f, fd, &heard, "GET /echo ");
	ck_assert_ptr_nonnull(strstr(heard.data, "Connection: keep-alive\r\n"));
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__tells_the_handler_that_the_client_went_away)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	fixture_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_until(&f, &f.handled);
	ck_assert(!http_server_is_idle(f.server));
	close(fd);
	fixture_until(&f, &f.closed);
	ck_assert_int_eq(f.closed, 1);
	ck_assert(http_server_is_idle(f.server));
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__takes_an_answer_after_its_own_end)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	fixture_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_until(&f, &f.handled);
	struct http_request *request = f.waiting;
	http_request_on_close(request, NULL, NULL);
	http_server_destroy(take(f.server));
	http_respond(request, 200, "text/plain", "late", 4);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__drains)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int idle = fixture_dial(&f), busy = fixture_dial(&f);
	owned_buf struct buf heard = { 0 }, none = { 0 };
	fixture_say(busy, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_until(&f, &f.handled);
	http_server_drain(f.server);
	fixture_expect_end(&f, idle, &none);
	ck_assert_uint_eq(none.len, 0);
	ck_assert(!http_server_is_idle(f.server));
	http_respond(f.waiting, 200, "text/plain", "done", 4);
	fixture_expect_end(&f, busy, &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "Connection: close\r\n"));
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\n\r\ndone"));
	ck_assert(http_server_is_idle(f.server));
	close(idle);
	close(busy);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__pauses_accepting_above_its_limit)
{
	struct http_server_conf conf = { .connections_max = 2 };
	struct fixture f;
	fixture_start(&f, &conf);
	int first = fixture_dial(&f), second = fixture_dial(&f);
	fixture_run(&f, 10);
	int third = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(third, GET_ECHO);
	fixture_run(&f, 30);
	ck_assert_int_eq(f.handled, 0);
	close(first);
	fixture_expect(&f, third, &heard, "GET /echo ");
	close(second);
	close(third);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__hides_the_cause_of_its_own_faults)
{
	struct fixture f;
	fixture_start(&f, NULL);
	owned_buf struct buf heard = { 0 };
	log_setup("test", LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	fixture_exchange(&f, "GET /problem HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &heard);
	ck_assert_ptr_nonnull(strstr(heard.data, "HTTP/1.1 500 "));
	ck_assert_ptr_null(strstr(heard.data, "secret"));
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__counts_open_connections)
{
	struct fixture f;
	fixture_start(&f, NULL);
	int fd = fixture_dial(&f);
	fixture_run(&f, 10);
	owned_buf struct buf text = { 0 };
	metrics_expose(&text);
	ck_assert_ptr_nonnull(strstr(text.data, "\nrp_http_connections 1\n"));
	close(fd);
	fixture_run(&f, 10);
	buf_truncate(&text, 0);
	metrics_expose(&text);
	ck_assert_ptr_nonnull(strstr(text.data, "\nrp_http_connections 0\n"));
	ck_assert_ptr_nonnull(strstr(text.data, "\nrp_http_requests_total{status=\"200\"} "));
	fixture_stop(&f);
}
END_TEST

START_TEST(test_server__names_what_keeps_it_from_starting)
{
	struct event_base *base = event_base_new();
	struct err err = { 0 };
	struct http_server_conf conf = { .listen = { .host = "192.0.2.1", .port = 1 } };
	ck_assert_ptr_null(http_server_create(base, &conf, NULL, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.where, "listen");
	conf = (struct http_server_conf){ .tls_certificate = "/nowhere" };
	ck_assert_ptr_null(http_server_create(base, &conf, NULL, NULL, &err));
	ck_assert_str_eq(err.where, "tls_key");
	conf = (struct http_server_conf){ .tls_certificate = "/nowhere", .tls_key = "/nowhere" };
	ck_assert_ptr_null(http_server_create(base, &conf, NULL, NULL, &err));
	ck_assert_str_eq(err.where, "tls_certificate");
	event_base_free(base);
}
END_TEST

UNIT_MAIN("http/server", test_server__keeps_the_connection_for_the_next_request,
	test_server__answers_pipelined_requests_in_order,
	test_server__answers_pipelined_requests_of_a_client_that_closed_its_side,
	test_server__decodes_chunks_in_any_pieces, test_server__reads_a_body_of_the_largest_size,
	test_server__says_continue_when_asked, test_server__answers_head_without_the_body,
	test_server__closes_when_the_client_asks_or_speaks_1_0, test_server__keeps_alive_for_1_0_when_asked,
	test_server__tells_the_handler_that_the_client_went_away, test_server__takes_an_answer_after_its_own_end,
	test_server__drains, test_server__pauses_accepting_above_its_limit,
	test_server__hides_the_cause_of_its_own_faults, test_server__counts_open_connections,
	test_server__names_what_keeps_it_from_starting)
