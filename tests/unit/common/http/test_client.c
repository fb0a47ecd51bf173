#include "http/client.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "certificate.h"
#include "fixture.h"
#include "unit.h"

struct outcome {
	int done;
	int status;
	char type[64];
	struct buf body;
	struct err err;
};

static void on_answer(const struct http_answer *answer, const struct err *err, void *arg)
{
	struct outcome *outcome = arg;
	ck_assert((answer == NULL) != (err == NULL));
	outcome->done++;
	if (err != NULL) {
		outcome->err = *err;
		return;
	}
	outcome->status = answer->status;
	snprintf(outcome->type, sizeof(outcome->type), "%s", answer->content_type);
	buf_append(&outcome->body, answer->body, answer->body_len);
}

/* A name server in the test's loop: known.test is 127.0.0.1, silent.test is never answered, all else does not exist. */
static void on_question(struct evdns_server_request *request, void *arg)
{
	(void)arg;
	const struct evdns_server_question *question = request->questions[0];
	uint32_t loopback = htonl(INADDR_LOOPBACK);
	if (strcasecmp(question->name, "silent.test") == 0) {
		evdns_server_request_drop(request);
		return;
	}
	bool known = strcasecmp(question->name, "known.test") == 0;
	if (known && question->type == EVDNS_TYPE_A)
		evdns_server_request_add_a_reply(request, question->name, 1, &loopback, 60);
	evdns_server_request_respond(request, known ? DNS_ERR_NONE : DNS_ERR_NOTEXIST);
}

struct names {
	struct evdns_server_port *port;
	struct evdns_base *dns;
};

static void names_start(struct names *names, struct event_base *base)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	getsockname(fd, (struct sockaddr *)&at, &len);
	names->port = evdns_add_server_port_with_base(base, fd, 0, on_question, NULL);
	names->dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	evdns_base_nameserver_sockaddr_add(names->dns, (struct sockaddr *)&at, len, 0);
}

static void names_stop(struct names *names)
{
	evdns_base_free(names->dns, 1);
	evdns_close_server_port(names->port);
}

struct world {
	struct fixture f;
	struct names names;
	struct http_client *client;
	struct outcome outcome;
};

static void start(struct world *w, const struct http_server_conf *conf)
{
	*w = (struct world){ 0 };
	fixture_start(&w->f, conf);
	names_start(&w->names, w->f.base);
	struct err err = { 0 };
	w->client = http_client_create(w->f.base, w->names.dns, &err);
	ck_assert_msg(w->client != NULL, "%s", err.text);
}

static void stop(struct world *w)
{
	http_client_destroy(w->client);
	names_stop(&w->names);
	fixture_run(&w->f, 5);
	buf_finish(&w->outcome.body);
	fixture_stop(&w->f);
}

static struct http_transfer *begin(struct world *w, const char *host, const char *path, struct http_call call)
{
	char url[256];
	snprintf(url, sizeof(url), "http://%s:%u%s", host, http_server_port(w->f.server), path);
	call.url = url;
	struct http_transfer *transfer = http_client_send(w->client, &call, on_answer, &w->outcome);
	ck_assert_int_eq(w->outcome.done, 0);
	return transfer;
}

static void call(struct world *w, const char *host, const char *path, struct http_call call)
{
	begin(w, host, path, call);
	fixture_until(&w->f, &w->outcome.done);
}

START_TEST(test_client__gets_by_address)
{
	struct world w;
	start(&w, NULL);
	call(&w, "127.0.0.1", "/a?b=c", (struct http_call){ 0 });
	ck_assert_msg(w.outcome.status == 200, "%s", w.outcome.err.text);
	ck_assert_str_eq(buf_str(&w.outcome.body), "GET /a ");
	ck_assert_str_eq(w.outcome.type, "text/plain");
	stop(&w);
}
END_TEST

START_TEST(test_client__posts_a_body_with_headers)
{
	static const char *const headers[] = { "Content-Type: application/json", "X-Test: 1", NULL };
	struct world w;
	start(&w, NULL);
	call(&w, "127.0.0.1", "/a", (struct http_call){ .headers = headers, .body = "{}", .body_len = 2 });
	ck_assert_str_eq(buf_str(&w.outcome.body), "POST /a {}");
	stop(&w);
}
END_TEST

START_TEST(test_client__uses_the_method_given)
{
	struct world w;
	start(&w, NULL);
	call(&w, "127.0.0.1", "/a", (struct http_call){ .method = "PUT", .body = "x", .body_len = 1 });
	ck_assert_str_eq(buf_str(&w.outcome.body), "PUT /a x");
	w.outcome.done = 0;
	buf_truncate(&w.outcome.body, 0);
	call(&w, "127.0.0.1", "/a", (struct http_call){ .method = "HEAD" });
	ck_assert_int_eq(w.outcome.status, 200);
	ck_assert_uint_eq(w.outcome.body.len, 0);
	stop(&w);
}
END_TEST

START_TEST(test_client__resolves_names_by_dns)
{
	struct world w;
	start(&w, NULL);
	call(&w, "Known.test", "/a", (struct http_call){ 0 });
	ck_assert_msg(w.outcome.status == 200, "%s", w.outcome.err.text);
	stop(&w);
}
END_TEST

START_TEST(test_client__resolves_localhost_by_the_hosts_file)
{
	struct world w;
	start(&w, NULL);
	http_client_destroy(w.client);
	w.client = http_client_create(w.f.base, NULL, NULL);
	call(&w, "localhost", "/a", (struct http_call){ 0 });
	ck_assert_msg(w.outcome.status == 200, "%s", w.outcome.err.text);
	stop(&w);
}
END_TEST

START_TEST(test_client__names_the_host_that_does_not_exist)
{
	struct world w;
	start(&w, NULL);
	call(&w, "nowhere.test", "/a", (struct http_call){ 0 });
	ck_assert_int_eq(w.outcome.err.kind, ERR_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(w.outcome.err.text, "nowhere.test"));
	stop(&w);
}
END_TEST

START_TEST(test_client__counts_resolving_into_the_timeout)
{
	struct world w;
	start(&w, NULL);
	int64_t begun = clock_mono_us();
	call(&w, "silent.test", "/a", (struct http_call){ .timeout_ms = 100 });
	ck_assert_int_eq(w.outcome.err.kind, ERR_TIMEOUT);
	ck_assert_int_lt(clock_mono_us() - begun, 500000);
	stop(&w);
}
END_TEST

START_TEST(test_client__gives_up_at_its_timeout)
{
	struct world w;
	start(&w, NULL);
	call(&w, "127.0.0.1", "/wait", (struct http_call){ .timeout_ms = 100 });
	ck_assert_int_eq(w.outcome.err.kind, ERR_TIMEOUT);
	fixture_until(&w.f, &w.f.closed);
	stop(&w);
}
END_TEST

START_TEST(test_client__reports_a_refused_connection)
{
	struct world w;
	start(&w, NULL);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	getsockname(fd, (struct sockaddr *)&at, &len);
	char url[64];
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", ntohs(at.sin_port));
	http_client_send(w.client, &(struct http_call){ .url = url }, on_answer, &w.outcome);
	fixture_until(&w.f, &w.outcome.done);
	ck_assert_int_eq(w.outcome.err.kind, ERR_UNAVAILABLE);
	close(fd);
	stop(&w);
}
END_TEST

START_TEST(test_client__bounds_the_answer)
{
	static const char bytes[2000];
	struct world w;
	start(&w, NULL);
	struct http_call post = { .body = bytes, .body_len = sizeof(bytes), .max_body_bytes = 1000 };
	call(&w, "127.0.0.1", "/a", post);
	ck_assert_int_eq(w.outcome.err.kind, ERR_TOO_LARGE);
	w.outcome.done = 0;
	post.max_body_bytes = sizeof(bytes) + strlen("POST /a ");
	call(&w, "127.0.0.1", "/a", post);
	ck_assert_int_eq(w.outcome.status, 200);
	stop(&w);
}
END_TEST

START_TEST(test_client__refuses_bad_calls)
{
	static const char *const split[] = { "X: a\r\nY: b", NULL };
	static const struct http_call calls[] = { { .url = "" }, { .url = "http://" }, { .url = "file:///etc/passwd" },
		{ .url = "gopher://127.0.0.1/" }, { .url = "127.0.0.1:80" }, { .url = "http://user:secret@127.0.0.1/" },
		{ .url = "http://a b/" },
		{ .url = "http://b\xc3\xbc"
			 "cher.test/" },
		{ .url = "http://127.0.0.1:99999/" }, { .url = "http://127.0.0.1/", .headers = split } };
	struct world w;
	start(&w, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		w.outcome = (struct outcome){ 0 };
		http_client_send(w.client, &calls[i], on_answer, &w.outcome);
		ck_assert_int_eq(w.outcome.done, 0);
		fixture_until(&w.f, &w.outcome.done);
		ck_assert_msg(w.outcome.err.kind == ERR_INVALID, "%s: %s", calls[i].url, w.outcome.err.text);
		ck_assert_ptr_null(strstr(w.outcome.err.text, "secret"));
	}
	stop(&w);
}
END_TEST

START_TEST(test_client__ignores_proxies_of_the_environment)
{
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	struct world w;
	start(&w, NULL);
	call(&w, "127.0.0.1", "/a", (struct http_call){ 0 });
	ck_assert_int_eq(w.outcome.status, 200);
	stop(&w);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}
END_TEST

START_TEST(test_client__does_not_follow_redirects)
{
	struct world w;
	start(&w, NULL);
	begin(&w, "127.0.0.1", "/wait", (struct http_call){ 0 });
	fixture_until(&w.f, &w.f.handled);
	http_response_header(w.f.waiting, "Location", "/elsewhere");
	http_respond(w.f.waiting, 302, NULL, NULL, 0);
	fixture_until(&w.f, &w.outcome.done);
	ck_assert_int_eq(w.outcome.status, 302);
	ck_assert_int_eq(w.f.handled, 1);
	stop(&w);
}
END_TEST

START_TEST(test_client__cancels_without_a_callback)
{
	static const char *const hosts[] = { "127.0.0.1", "silent.test" };
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct world w;
		start(&w, NULL);
		struct http_transfer *transfer = begin(&w, hosts[i], "/wait", (struct http_call){ 0 });
		fixture_run(&w.f, 20);
		http_transfer_cancel(transfer);
		fixture_run(&w.f, 20);
		ck_assert_int_eq(w.outcome.done, 0);
		ck_assert_int_eq(w.f.closed, i == 0);
		stop(&w);
	}
}
END_TEST

START_TEST(test_client__ends_with_calls_under_way)
{
	struct world w;
	start(&w, NULL);
	begin(&w, "127.0.0.1", "/wait", (struct http_call){ 0 });
	begin(&w, "silent.test", "/", (struct http_call){ 0 });
	begin(&w, "known.test", "/wait", (struct http_call){ 0 });
	fixture_run(&w.f, 20);
	http_client_destroy(take(w.client));
	fixture_run(&w.f, 20);
	ck_assert_int_eq(w.outcome.done, 0);
	stop(&w);
}
END_TEST

START_TEST(test_client__trusts_the_authority_given)
{
	struct certificate certificate;
	certificate_create(&certificate);
	struct http_server_conf conf = { .tls_certificate = certificate.certificate_path,
		.tls_key = certificate.key_path };
	struct world w;
	start(&w, &conf);
	http_client_destroy(w.client);
	w.client = http_client_create(w.f.base, NULL, NULL);
	char url[64];
	snprintf(url, sizeof(url), "https://localhost:%u/a", http_server_port(w.f.server));
	struct http_call get = { .url = url, .ca_file = certificate.certificate_path };
	http_client_send(w.client, &get, on_answer, &w.outcome);
	fixture_until(&w.f, &w.outcome.done);
	ck_assert_msg(w.outcome.status == 200, "%s", w.outcome.err.text);
	certificate_remove(&certificate);
	stop(&w);
}
END_TEST

START_TEST(test_client__distrusts_what_the_system_does_not_know)
{
	struct certificate certificate;
	certificate_create(&certificate);
	struct http_server_conf conf = { .tls_certificate = certificate.certificate_path,
		.tls_key = certificate.key_path };
	struct world w;
	start(&w, &conf);
	certificate_remove(&certificate);
	char url[64];
	snprintf(url, sizeof(url), "https://127.0.0.1:%u/a", http_server_port(w.f.server));
	http_client_send(w.client, &(struct http_call){ .url = url }, on_answer, &w.outcome);
	fixture_until(&w.f, &w.outcome.done);
	ck_assert_int_eq(w.outcome.err.kind, ERR_UNAVAILABLE);
	ck_assert_int_eq(w.f.handled, 0);
	stop(&w);
}
END_TEST

UNIT_MAIN("http/client", test_client__gets_by_address, test_client__posts_a_body_with_headers,
	test_client__uses_the_method_given, test_client__resolves_names_by_dns,
	test_client__resolves_localhost_by_the_hosts_file, test_client__names_the_host_that_does_not_exist,
	test_client__counts_resolving_into_the_timeout, test_client__gives_up_at_its_timeout,
	test_client__reports_a_refused_connection, test_client__bounds_the_answer, test_client__refuses_bad_calls,
	test_client__ignores_proxies_of_the_environment, test_client__does_not_follow_redirects,
	test_client__cancels_without_a_callback, test_client__ends_with_calls_under_way,
	test_client__trusts_the_authority_given, test_client__distrusts_what_the_system_does_not_know)
