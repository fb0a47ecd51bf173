/*
 * The asynchronous HTTP client: libcurl in the process's loop. Names are resolved by libevent's evdns (/etc/hosts and
 * /etc/resolv.conf), never by a blocking call; redirects are not followed; only http and https; proxies named by the
 * environment are ignored.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct event_base;
struct evdns_base;
struct http_client;
struct http_transfer; /* one call under way */

struct http_call {
	const char *url;
	const char *method;         /* NULL: GET, or POST if there is a body */
	const char *const *headers; /* "Name: value", NULL at the end; NULL: none */
	const void *body;           /* copied; NULL: none */
	size_t body_len;
	int64_t timeout_ms;    /* total, resolving included; 0: 10 s */
	size_t max_body_bytes; /* of the answer; 0: 1 MiB */
	const char *ca_file;   /* PEM of the authorities to trust; NULL: the system's */
};

/* Valid during the callback only. */
struct http_answer {
	int status;
	const char *content_type; /* "" if there is none */
	const char *body;         /* a NUL behind it */
	size_t body_len;
};

/*
 * Called once, never from within http_client_send. answer NULL: there was none, err says why: ERR_INVALID (the URL or a
 * header), ERR_TOO_LARGE, ERR_TIMEOUT, ERR_UNAVAILABLE (no such name, refused, TLS, cut off).
 */
typedef void http_answer_fn(const struct http_answer *answer, const struct err *err, void *arg);

/* dns NULL: the client makes its own. NULL with ERR_UNAVAILABLE if there is no memory for it. */
struct http_client *http_client_create(struct event_base *base, struct evdns_base *dns, struct err *err) MUST_CHECK;
/*
 * Cancels what is under way. Not from within a callback. Name lookups that were cancelled are released by the loop's
 * next turn.
 */
void http_client_destroy(struct http_client *client);
/* Starts the call; call and its texts may go afterwards. The transfer is valid until the callback has returned. */
struct http_transfer *http_client_send(
	struct http_client *client, const struct http_call *call, http_answer_fn *callback, void *arg);
/* Ends the call; its callback will not be called. Not from within its own callback. */
void http_transfer_cancel(struct http_transfer *transfer);

#endif
