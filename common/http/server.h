/*
 * The HTTP/1.1 server: connections, limits and deadlines. What a handler sees and how it answers is in http/request.h,
 * tables of paths are in http/router.h.
 *
 * Everything that the server itself answers is problem+json too: 400 for what is malformed or could be read in two ways
 * (Content-Length with Transfer-Encoding, two Content-Length or Host, folded lines, bare CR or LF, a path or query that
 * is no UTF-8), 408 past a deadline, 413 and 431 past a limit, 501 for what is no method or an unknown transfer coding,
 * 503 when the bodies of all requests together pass their limit, 505 for anything but HTTP/1.0 and 1.1.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"

struct event_base;
struct http_server;
struct http_request;

/* A limit or time of 0 takes the default. Times are totals: a byte that trickles in does not renew them. */
struct http_server_conf {
	struct conf_address listen;
	const char *tls_certificate; /* path of a PEM file with the certificate and its chain; NULL: no TLS */
	const char *tls_key;         /* path of its private key's PEM file; given if and only if tls_certificate is */
	size_t header_bytes_max;     /* request line and headers, 16 KiB */
	size_t body_bytes_max;       /* one decoded body, 1 MiB */
	size_t body_bytes_total_max; /* the bodies of all requests that are being read or handled, 256 MiB */
	size_t connections_max;      /* 20,000; accepting pauses above it */
	int64_t header_timeout_ms;   /* from accept or first byte to the end of the headers, 10 s */
	int64_t body_timeout_ms;     /* from there to the end of the body, and for a client to take the answer, 30 s */
	int64_t idle_timeout_ms;     /* between two requests, 60 s */
	bool log_requests;           /* one line a request at level info, else at level debug */
};

/*
 * Called for every complete request. It answers with exactly one http_respond (or one of its forms), at once or at any
 * later time from a callback; the request is valid until then.
 */
typedef void http_handler_fn(struct http_request *request, void *context);

/*
 * Listens and serves from now on. conf is copied, the paths' files are read. SIGPIPE is ignored for the process. NULL
 * with ERR_CONFIG (where = "listen", "tls_certificate" or "tls_key"): the caller knows the setting's name.
 */
struct http_server *http_server_create(struct event_base *base, const struct http_server_conf *conf,
	http_handler_fn *handler, void *context, struct err *err) MUST_CHECK;
/* The port that it listens on, also when conf said 0. */
uint16_t http_server_port(const struct http_server *server);
/* Stops listening, closes idle connections and lets the requests that have begun finish (Connection: close). */
void http_server_drain(struct http_server *server);
/* Is no request being read, handled or answered? */
bool http_server_is_idle(const struct http_server *server);
/*
 * Closes every connection. A request that waits sees its client go away (http_request_on_close) and is still to be
 * ended by http_respond, which may come after this.
 */
void http_server_destroy(struct http_server *server);

#endif
