/*
 * One authenticated HTTP call: what every endpoint gets. An endpoint answers the request exactly once, at once or from
 * a callback; the call lives as long as the request.
 */
#ifndef GATEWAY_CALL_H
#define GATEWAY_CALL_H

#include "auth/token.h"
#include "gateway.h"
#include "http/request.h"

struct call {
	struct gateway *gateway;
	struct http_request *request;
	struct arena *arena;                   /* the request's */
	const struct token_identity *identity; /* NULL for public endpoints */
};

typedef void call_fn(struct call *call);

/* A row's data in the table of routes. */
struct endpoint {
	call_fn *handle;
	bool is_public;           /* no token asked for */
	const char *const *query; /* parameters that it knows, NULL at the end; NULL: none */
};

/* Finds the endpoint, authenticates, calls it. The server's handler; context is the gateway. */
void call_dispatch(struct http_request *request, void *context);

/* Answers with problem+json. */
void call_fail(struct call *call, const struct err *err);

/*
 * Does the caller hold the scope for this service and environment (NULL: any)? If not, answers 403 and returns false:
 * the call is over.
 */
bool call_authorise(struct call *call, enum token_scope scope, const char *service, const char *environment) MUST_CHECK;

/*
 * The body as JSON, released with the call; if it is not valid JSON or not an object, answers 400 with the pointer of
 * the fault (415 if its content type is given and not JSON) and returns NULL: the call is over.
 */
struct json_object *call_body(struct call *call) MUST_CHECK;

/* A pg_done_fn for reads and writes whose arg is the call: answers only if ok is false. */
bool call_succeeded(struct call *call, bool ok, const struct err *err) MUST_CHECK;

#endif
