#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "http/server.h"
#include "unit.h"

static const struct http_server_conf conf = {
	.header_timeout_ms = 100, .body_timeout_ms = 120, .idle_timeout_ms = 150
};

/* Sends one byte each 20 ms and hears the end: trickling does not buy time. */
static int64_t trickle(struct fixture *f, int fd, struct buf *heard)
{
	int64_t begun = clock_mono_us();
	for (int i = 0; i < 50 && strstr(buf_str(heard), "\r\n\r\n") == NULL; i++) {
		if (write(fd, "x", 1) != 1)
			break;
		fixture_run(f, 20);
		char bytes[4096];
		ssize_t n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			buf_append(heard, bytes, (size_t)n);
	}
	return (clock_mono_us() - begun) / CLOCK_US_PER_MS;
}

START_TEST(test_deadlines__headers_have_a_total_deadline)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /");
	int64_t ms = trickle(&f, fd, &heard);
	ck_assert_ptr_eq(strstr(buf_str(&heard), "HTTP/1.1 408 "), heard.data);
	ck_assert_int_ge(ms, 80);
	ck_assert_int_lt(ms, 500);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_deadlines__bodies_have_a_total_deadline)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
	int64_t ms = trickle(&f, fd, &heard);
	ck_assert_ptr_eq(strstr(buf_str(&heard), "HTTP/1.1 408 "), heard.data);
	ck_assert_int_ge(ms, 100);
	ck_assert_int_lt(ms, 500);
	ck_assert_int_eq(f.handled, 0);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_deadlines__a_silent_connection_is_closed_without_a_word)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_expect_end(&f, fd, &heard);
	ck_assert_uint_eq(heard.len, 0);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_deadlines__an_idle_connection_is_closed_after_the_idle_time)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_expect(&f, fd, &heard, "GET /a ");
	int64_t begun = clock_mono_us();
	fixture_expect_end(&f, fd, &heard);
	ck_assert_int_ge((clock_mono_us() - begun) / CLOCK_US_PER_MS, 130);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_deadlines__a_request_that_is_handled_has_none)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	owned_buf struct buf heard = { 0 };
	fixture_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_run(&f, 300);
	ck_assert_int_eq(f.closed, 0);
	http_respond(f.waiting, 200, "text/plain", "late", 4);
	fixture_expect(&f, fd, &heard, "late");
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_deadlines__a_client_that_does_not_read_is_cut_off)
{
	struct fixture f;
	fixture_start(&f, &conf);
	int fd = fixture_dial(&f);
	fixture_say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
	fixture_until(&f, &f.handled);
	size_t len = 20 << 20;
	char *big = mem_zalloc(len, 1);
	http_respond(f.waiting, 200, "application/octet-stream", big, len);
	free(big);
	fixture_run(&f, 60);
	ck_assert(!http_server_is_idle(f.server));
	fixture_run(&f, 150);
	ck_assert(http_server_is_idle(f.server));
	close(fd);
	fixture_stop(&f);
}
END_TEST

UNIT_MAIN("http/deadlines", test_deadlines__headers_have_a_total_deadline, test_deadlines__bodies_have_a_total_deadline,
	test_deadlines__a_silent_connection_is_closed_without_a_word,
	test_deadlines__an_idle_connection_is_closed_after_the_idle_time,
	test_deadlines__a_request_that_is_handled_has_none, test_deadlines__a_client_that_does_not_read_is_cut_off)
