/*
 * Private to http: one connection, from accept to close, and the server that has it.
 *
 * A connection has one request at a time. What a client sends ahead stays in the input buffer, whose high watermark
 * stops the reading; so the end of the stream is still noticed while a request waits for its answer.
 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/queue.h>

#include "http/chunk.h"
#include "http/head.h"
#include "http/request.h"
#include "http/scan.h"
#include "http/server.h"
#include "http/trace.h"

enum connection_state {
	CONNECTION_IDLE,     /* nothing of a request has come */
	CONNECTION_HEAD,     /* a head is arriving */
	CONNECTION_BODY,     /* a body is arriving */
	CONNECTION_HANDLING, /* the handler has the request */
	CONNECTION_WRITING,  /* the answer is on its way */
	CONNECTION_LINGER,   /* we have closed our side and let the client read to the end */
};

struct connection {
	LIST_ENTRY(connection) entry;
	struct http_server *server;
	struct bufferevent *bev;
	struct http_request *request; /* NULL while idle or reading a head */
	struct event timer;
	struct http_scan scan;
	struct http_chunk chunk;
	enum connection_state state;
	bool close;    /* after the answer that is being written */
	bool peer_end; /* the client sends no more */
	char remote[INET6_ADDRSTRLEN];
};

struct http_server {
	struct event_base *base;
	struct http_server_conf conf; /* defaults filled in */
	http_handler_fn *handler;
	void *context;
	struct evconnlistener *listener; /* NULL once draining */
	struct event *resume;            /* after accept failed */
	SSL_CTX *tls;                    /* NULL: none */
	uint16_t port;
	bool draining;
	LIST_HEAD(, connection) connections;
	LIST_HEAD(, http_request) requests; /* the handler has them */
	size_t connection_count;
	size_t busy_count; /* connections that are neither idle nor lingering */
	size_t body_bytes; /* of all requests */
};

/* How many parameters a route may have. */
#define PARAMS_MAX 8

struct answer_header {
	struct answer_header *next;
	const char *name, *value;
};

struct http_request {
	LIST_ENTRY(http_request) entry;
	struct http_server *server;    /* NULL: destroyed */
	struct connection *connection; /* NULL: the client is gone */
	struct arena *arena;           /* has this struct too */
	struct http_head head;
	struct buf body;
	size_t counted_bytes; /* in server->body_bytes */
	struct http_trace trace;
	struct log_ctx log;
	char remote[INET6_ADDRSTRLEN];
	const struct http_route *route;
	struct http_parameter params[PARAMS_MAX];
	size_t param_count;
	struct answer_header *answer_headers;
	http_closed_fn *closed;
	void *closed_arg;
	int64_t begun_us;
	bool handed; /* to the handler: it is in server->requests */
	bool close;  /* its connection after the answer */
};

/* Takes bev, whose client has the numeric address remote. */
void connection_create(struct http_server *server, struct bufferevent *bev, const char *remote);
/* Closes at once; a request that waits learns it. */
void connection_abort(struct connection *connection);
/* The answer is in the output buffer, the request is no longer the connection's. */
void connection_answered(struct connection *connection, bool close);
/* Changes the state and sets the state's deadline. */
void connection_enter(struct connection *connection, enum connection_state state);

/* http/intake.c: takes from the input buffer whatever the state allows, up to handing a request to the handler. */
void intake_read(struct connection *connection);
/* Answers with a problem and closes afterwards. */
void intake_refuse(struct connection *connection, const struct err *err);

/* http/request.c: a request of which nothing is known yet but whose it is. */
struct http_request *request_create(struct connection *connection);
void request_destroy(struct http_request *request);
/* Is the method HEAD? */
bool request_is_head(const struct http_request *request);

#endif
