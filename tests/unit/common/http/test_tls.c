#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "certificate.h"
#include "fixture.h"
#include "http/server.h"
#include "unit.h"

static void start(struct fixture *f)
{
	struct certificate certificate;
	certificate_create(&certificate);
	struct http_server_conf conf = { .tls_certificate = certificate.certificate_path,
		.tls_key = certificate.key_path,
		.header_timeout_ms = 200 };
	fixture_start(f, &conf);
	certificate_remove(&certificate);
}

/* Does the step until OpenSSL wants nothing more of the socket. */
static int drive(struct fixture *f, SSL *ssl, int (*step)(SSL *))
{
	int64_t until = clock_mono_us() + PATIENCE_MS * CLOCK_US_PER_MS;
	for (;;) {
		int result = step(ssl);
		int error = SSL_get_error(ssl, result);
		bool waits = result <= 0 && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
		if (!waits || clock_mono_us() > until)
			return result;
		fixture_run(f, 2);
	}
}

static struct buf heard;

static int read_some(SSL *ssl)
{
	char bytes[4096];
	int n = SSL_read(ssl, bytes, sizeof(bytes));
	if (n > 0)
		buf_append(&heard, bytes, (size_t)n);
	return n;
}

static SSL *dial_tls(struct fixture *f, SSL_CTX *tls, int *fd)
{
	*fd = fixture_dial(f);
	SSL *ssl = SSL_new(tls);
	SSL_set_fd(ssl, *fd);
	return ssl;
}

static void hear(struct fixture *f, SSL *ssl, const char *needle)
{
	while (strstr(buf_str(&heard), needle) == NULL)
		ck_assert_int_gt(drive(f, ssl, read_some), 0);
}

START_TEST(test_tls__serves_several_requests_and_a_large_body)
{
	struct fixture f;
	start(&f);
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	int fd;
	SSL *ssl = dial_tls(&f, tls, &fd);
	ck_assert_int_eq(drive(&f, ssl, SSL_connect), 1);
	static const char head[] = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
	owned_buf struct buf body = { 0 };
	while (body.len < 199990)
		buf_append_char(&body, 'x');
	buf_append_str(&body, "the end...");
	ck_assert_int_eq(SSL_write(ssl, head, sizeof(head) - 1), sizeof(head) - 1);
	for (size_t at = 0; at < body.len; at += 20000) {
		ck_assert_int_eq(SSL_write(ssl, body.data + at, 20000), 20000);
		fixture_run(&f, 3);
	}
	hear(&f, ssl, "xthe end...");
	ck_assert_ptr_nonnull(strstr(heard.data, "\r\nContent-Length: 200008\r\n"));
	static const char next[] = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	ck_assert_int_eq(SSL_write(ssl, next, sizeof(next) - 1), sizeof(next) - 1);
	hear(&f, ssl, "GET /next ");
	/* The end is authenticated: close_notify, not just the socket's end. */
	ck_assert_int_eq(drive(&f, ssl, read_some), 0);
	ck_assert_int_eq(SSL_get_shutdown(ssl), SSL_RECEIVED_SHUTDOWN);
	buf_finish(&heard);
	SSL_free(ssl);
	SSL_CTX_free(tls);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_tls__notices_that_a_waiting_client_went_away)
{
	struct fixture f;
	start(&f);
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	int fd;
	SSL *ssl = dial_tls(&f, tls, &fd);
	ck_assert_int_eq(drive(&f, ssl, SSL_connect), 1);
	static const char text[] = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
	ck_assert_int_eq(SSL_write(ssl, text, sizeof(text) - 1), sizeof(text) - 1);
	fixture_until(&f, &f.handled);
	close(fd);
	fixture_until(&f, &f.closed);
	SSL_free(ssl);
	SSL_CTX_free(tls);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_tls__refuses_tls_1_1)
{
	struct fixture f;
	start(&f);
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(tls, 0);
	SSL_CTX_set_min_proto_version(tls, TLS1_1_VERSION);
	SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION);
	int fd;
	SSL *ssl = dial_tls(&f, tls, &fd);
	ck_assert_int_le(drive(&f, ssl, SSL_connect), 0);
	SSL_free(ssl);
	SSL_CTX_free(tls);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_tls__cuts_off_a_handshake_that_does_not_end)
{
	struct fixture f;
	start(&f);
	int fd = fixture_dial(&f);
	owned_buf struct buf none = { 0 };
	fixture_say_bytes(fd, "\x16\x03\x01", 3);
	fixture_expect_end(&f, fd, &none);
	close(fd);
	fixture_stop(&f);
}
END_TEST

START_TEST(test_tls__closes_on_plain_http)
{
	struct fixture f;
	start(&f);
	owned_buf struct buf none = { 0 };
	fixture_exchange(&f, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", &none);
	ck_assert_ptr_null(strstr(buf_str(&none), "HTTP/1.1 200"));
	ck_assert_int_eq(f.handled, 0);
	fixture_stop(&f);
}
END_TEST

UNIT_MAIN("http/tls", test_tls__serves_several_requests_and_a_large_body,
	test_tls__notices_that_a_waiting_client_went_away, test_tls__refuses_tls_1_1,
	test_tls__cuts_off_a_handshake_that_does_not_end, test_tls__closes_on_plain_http)
