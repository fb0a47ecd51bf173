#include "http/transfer.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS_DEFAULT 10000
#define BODY_BYTES_DEFAULT (1 << 20)

static void transfer_free(struct http_transfer *transfer)
{
	LIST_REMOVE(transfer, entry);
	event_del(&transfer->timer);
	if (transfer->lookup != NULL)
		http_lookup_cancel(transfer->lookup);
	if (transfer->running)
		curl_multi_remove_handle(transfer->client->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->resolve);
	curl_free(transfer->host);
	curl_free(transfer->port);
	buf_finish(&transfer->body);
	free(transfer);
}

static void report(struct http_transfer *transfer, const struct http_answer *answer)
{
	transfer->callback(answer, answer == NULL ? &transfer->err : NULL, transfer->arg);
	transfer_free(transfer);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct http_transfer *transfer = arg;
	if (transfer->err.kind == ERR_NONE)
		err_set(&transfer->err, ERR_TIMEOUT, "%s did not answer within %lld ms",
			transfer->host != NULL ? transfer->host : "the server", (long long)transfer->timeout_ms);
	report(transfer, NULL);
}

/* The error is set; the callback is called from the loop. */
static void report_soon(struct http_transfer *transfer)
{
	event_active(&transfer->timer, EV_TIMEOUT, 0);
}

void transfer_done(struct http_transfer *transfer, CURLcode result)
{
	if (result == CURLE_OK) {
		long status = 0;
		const char *type = NULL;
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
		const struct http_answer answer = { (int)status, type != NULL ? type : "", buf_str(&transfer->body),
			transfer->body.len };
		report(transfer, &answer);
		return;
	}
	if (transfer->too_large)
		err_set(&transfer->err, ERR_TOO_LARGE, "the answer has more than %zu bytes", transfer->max_body_bytes);
	else
		err_set(&transfer->err, ERR_UNAVAILABLE, "%s: %s", transfer->host,
			transfer->fault[0] != '\0' ? transfer->fault : curl_easy_strerror(result));
	report(transfer, NULL);
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_transfer *transfer = arg;
	size_t len = size * count;
	if (len > transfer->max_body_bytes - transfer->body.len) {
		transfer->too_large = true;
		return 0;
	}
	buf_append(&transfer->body, data, len);
	return len;
}

static CURLcode on_tls(CURL *easy, void *tls, void *arg)
{
	(void)easy;
	struct http_client *client = arg;
	SSL_CTX_set1_cert_store(tls, client->trusted);
	return CURLE_OK;
}

static void launch(struct http_transfer *transfer)
{
	if (curl_multi_add_handle(transfer->client->multi, transfer->easy) == CURLM_OK) {
		transfer->running = true;
		return;
	}
	err_set(&transfer->err, ERR_INTERNAL, "the transfer can't be started");
	report_soon(transfer);
}

/* curl looks a name up only if it does not find it among those given: that would block the loop. */
static int refuse_lookup(void *resolver, void *reserved, void *arg)
{
	(void)resolver;
	(void)reserved;
	(void)arg;
	return 1;
}

static void on_resolved(struct http_transfer *transfer, const char *addresses)
{
	if (addresses == NULL) {
		err_set(&transfer->err, ERR_UNAVAILABLE, "%.200s: there is no such host, or no name server answers",
			transfer->host);
		report_soon(transfer);
		return;
	}
	owned_buf struct buf entry = { 0 };
	buf_printf(&entry, "%s:%s:%s", transfer->host, transfer->port, addresses);
	transfer->resolve = curl_slist_append(NULL, entry.data);
	curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->resolve);
	curl_easy_setopt(transfer->easy, CURLOPT_RESOLVER_START_FUNCTION, refuse_lookup);
	launch(transfer);
}

static bool is_numeric(const char *host)
{
	uint8_t binary[sizeof(struct in6_addr)];
	return host[0] == '[' || inet_pton(AF_INET, host, binary) == 1;
}

/* Nothing that curl and evdns could write differently: no IDN, no percent escapes. */
static bool is_name(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return host[0] != '\0' && host[strspn(host, letters)] == '\0';
}

/* Takes the URL apart with curl's own parser, so that nobody reads it differently. */
static bool split_url(struct http_transfer *transfer, CURLU *url, const char *text, struct err *err)
{
	char *scheme = NULL, *user = NULL;
	bool ok = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
		  curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		  curl_url_get(url, CURLUPART_HOST, &transfer->host, 0) == CURLUE_OK &&
		  curl_url_get(url, CURLUPART_PORT, &transfer->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
	if (!ok)
		err_set(err, ERR_INVALID, "the URL is malformed");
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		ok = err_set(err, ERR_INVALID, "the URL is neither http nor https");
	else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
		ok = err_set(err, ERR_INVALID, "the URL has credentials in it");
	else if (!is_numeric(transfer->host) && !is_name(transfer->host))
		ok = err_set(err, ERR_INVALID, "the URL's host is no name in ASCII");
	curl_free(scheme);
	curl_free(user);
	return ok;
}

static bool check_url(struct http_transfer *transfer, const char *text, struct err *err)
{
	CURLU *url = curl_url();
	bool ok = split_url(transfer, url, text, err);
	curl_url_cleanup(url);
	return ok;
}

static bool add_headers(struct http_transfer *transfer, const char *const *headers, struct err *err)
{
	for (; headers != NULL && *headers != NULL; headers++) {
		if (strpbrk(*headers, "\r\n") != NULL)
			return err_set(err, ERR_INVALID, "a header has a line end in it");
		transfer->headers = curl_slist_append(transfer->headers, *headers);
	}
	/* A body is sent at once: waiting for 100 Continue costs a second where nobody says it. */
	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
	return true;
}

static void set_trust(struct http_transfer *transfer, const char *ca_file)
{
	CURL *easy = transfer->easy;
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	if (ca_file == NULL) {
		curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
		curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer->client);
	}
}

static void set_options(struct http_transfer *transfer, const struct http_call *call)
{
	CURL *easy = transfer->easy;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->fault);
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "releasepassport/" RP_VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)transfer->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	if (call->body != NULL) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, call->body);
	}
	if (call->method != NULL && strcmp(call->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (call->method != NULL)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	set_trust(transfer, call->ca_file);
}

static bool prepare(struct http_transfer *transfer, const struct http_call *call, struct err *err)
{
	if (!check_url(transfer, call->url, err) || !add_headers(transfer, call->headers, err))
		return false;
	set_options(transfer, call);
	return true;
}

struct http_transfer *http_client_send(
	struct http_client *client, const struct http_call *call, http_answer_fn *callback, void *arg)
{
	struct http_transfer *transfer = mem_zalloc(1, sizeof(*transfer));
	transfer->client = client;
	transfer->callback = callback;
	transfer->arg = arg;
	transfer->easy = curl_easy_init();
	transfer->timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : TIMEOUT_MS_DEFAULT;
	transfer->max_body_bytes = call->max_body_bytes > 0 ? call->max_body_bytes : BODY_BYTES_DEFAULT;
	LIST_INSERT_HEAD(&client->transfers, transfer, entry);
	evtimer_assign(&transfer->timer, client->base, on_timer, transfer);
	struct timeval deadline = { transfer->timeout_ms / 1000, (suseconds_t)(transfer->timeout_ms % 1000 * 1000) };
	evtimer_add(&transfer->timer, &deadline);
	if (!prepare(transfer, call, &transfer->err))
		report_soon(transfer);
	else if (is_numeric(transfer->host))
		launch(transfer);
	else
		transfer->lookup = http_lookup_start(transfer, transfer->host, on_resolved);
	return transfer;
}

void http_transfer_cancel(struct http_transfer *transfer)
{
	transfer_free(transfer);
}
