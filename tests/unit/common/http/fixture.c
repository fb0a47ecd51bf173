#include "fixture.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static void on_close(struct http_request *request, void *arg)
{
	struct fixture *fixture = arg;
	fixture->closed++;
	fixture->waiting = NULL;
	http_respond(request, 200, NULL, NULL, 0);
}

static void handle(struct http_request *request, void *context)
{
	struct fixture *fixture = context;
	fixture->handled++;
	if (strcmp(http_request_path(request), "/wait") == 0) {
		fixture->waiting = request;
		http_request_on_close(request, on_close, fixture);
		return;
	}
	if (strcmp(http_request_path(request), "/problem") == 0) {
		struct err err;
		err_set(&err, ERR_INTERNAL, "a secret cause");
		http_problem(request, &err);
		return;
	}
	owned_buf struct buf out = { 0 };
	size_t len;
	const char *body = http_request_body(request, &len);
	buf_printf(&out, "%s %s ", http_request_method(request), http_request_path(request));
	buf_append(&out, body, len);
	http_respond(request, 200, "text/plain", out.data, out.len);
}

void fixture_start(struct fixture *fixture, const struct http_server_conf *conf)
{
	*fixture = (struct fixture){ .base = event_base_new() };
	struct http_server_conf copy = conf != NULL ? *conf : (struct http_server_conf){ 0 };
	copy.listen = (struct conf_address){ .host = "127.0.0.1" };
	struct err err = { 0 };
	fixture->server = http_server_create(fixture->base, &copy, handle, fixture, &err);
	ck_assert_msg(fixture->server != NULL, "%s: %s", err.where, err.text);
}

void fixture_stop(struct fixture *fixture)
{
	http_server_destroy(fixture->server);
	event_base_free(fixture->base);
}

int fixture_dial(struct fixture *fixture)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(http_server_port(fixture->server)) };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

void fixture_say_bytes(int fd, const void *data, size_t len)
{
	ck_assert_int_eq(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

void fixture_say(int fd, const char *text)
{
	fixture_say_bytes(fd, text, strlen(text));
}

static void turn(struct fixture *fixture)
{
	static const struct timeval slice = { 0, 2000 };
	event_base_loopexit(fixture->base, &slice);
	event_base_loop(fixture->base, 0);
}

/* Is the stream at its end? */
static bool listen_once(struct fixture *fixture, int fd, struct buf *heard)
{
	turn(fixture);
	for (;;) {
		buf_reserve(heard, 65536);
		ssize_t n = recv(fd, heard->data + heard->len, 65535, 0);
		if (n < 0)
			return errno != EAGAIN;
		if (n == 0)
			return true;
		heard->len += (size_t)n;
		heard->data[heard->len] = '\0';
	}
}

void fixture_expect(struct fixture *fixture, int fd, struct buf *heard, const char *needle)
{
	int64_t until = clock_mono_us() + PATIENCE_MS * CLOCK_US_PER_MS;
	bool ended = false;
	while (strstr(buf_str(heard), needle) == NULL && !ended && clock_mono_us() < until)
		ended = listen_once(fixture, fd, heard);
	ck_assert_msg(strstr(buf_str(heard), needle) != NULL, "\"%s\" is not in \"%s\"", needle, buf_str(heard));
}

void fixture_expect_end(struct fixture *fixture, int fd, struct buf *heard)
{
	int64_t until = clock_mono_us() + PATIENCE_MS * CLOCK_US_PER_MS;
	bool ended = false;
	while (!ended && clock_mono_us() < until)
		ended = listen_once(fixture, fd, heard);
	ck_assert_msg(ended, "the server did not close after \"%s\"", buf_str(heard));
}

void fixture_run(struct fixture *fixture, int ms)
{
	int64_t until = clock_mono_us() + ms * CLOCK_US_PER_MS;
	while (clock_mono_us() < until)
		turn(fixture);
}

void fixture_until(struct fixture *fixture, const int *flag)
{
	int64_t until = clock_mono_us() + PATIENCE_MS * CLOCK_US_PER_MS;
	while (*flag == 0 && clock_mono_us() < until)
		turn(fixture);
	ck_assert_int_ne(*flag, 0);
}

void fixture_exchange(struct fixture *fixture, const char *text, struct buf *heard)
{
	int fd = fixture_dial(fixture);
	fixture_say(fd, text);
	fixture_expect_end(fixture, fd, heard);
	close(fd);
}
