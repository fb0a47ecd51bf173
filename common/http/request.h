/*
 * One HTTP request as its handler sees it, and the answer to it. All texts are UTF-8 without U+0000, borrowed, and
 * valid until the request is answered.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "log/log.h"

struct json_object;
struct http_request;
struct http_route;

/* "GET", ... as sent: HEAD stays HEAD, its answer is sent without the body. */
const char *http_request_method(const struct http_request *request);
/* The path as sent, without the query: for the log. */
const char *http_request_path(const struct http_request *request);
/* The path's segments, each percent-decoded: "/a/b%2Fc" has "a" and "b/c", "/" has none, "/a/" ends with "". */
size_t http_request_segment_count(const struct http_request *request);
const char *http_request_segment(const struct http_request *request, size_t index);
/* The text that stood for {name} in the route's path; NULL if the route has no such name. Set by http/router.h. */
const char *http_request_param(const struct http_request *request, const char *name);
/* The route that was found, NULL before that. */
const struct http_route *http_request_route(const struct http_request *request);

/* A query parameter, decoded ("+" is a space); NULL if absent. A name that is given twice was refused. */
const char *http_request_query(const struct http_request *request, const char *name);
/* Parameters by position, to refuse the unknown. */
size_t http_request_query_count(const struct http_request *request);
const char *http_request_query_name(const struct http_request *request, size_t index);

/* A header's value, name in any case; several lines of one name are joined by ", "; NULL if absent. */
const char *http_request_header(const struct http_request *request, const char *name);
/* The body, decoded from chunks, a NUL behind it; "" if there is none. len may be NULL. */
const char *http_request_body(const struct http_request *request, size_t *len);

/* The client's numeric address without port. */
const char *http_request_remote(const struct http_request *request);
/* W3C trace context to hand on: the caller's trace id or a fresh one, with a span id of this request's own. */
const char *http_request_traceparent(const struct http_request *request);
/* For log lines about this request: has the trace id; the handler may set evaluation_id to a text in the arena. */
struct log_ctx *http_request_log_ctx(struct http_request *request);
/* Memory that is freed when the request is answered. */
struct arena *http_request_arena(struct http_request *request);

/*
 * fn is called once if the client goes away before the answer; the request stays valid and is still to be ended by one
 * http_respond (also from within fn), which then sends nothing. A later call replaces fn; NULL: none.
 */
typedef void http_closed_fn(struct http_request *request, void *arg);
void http_request_on_close(struct http_request *request, http_closed_fn *fn, void *arg);

/* Adds a header to the answer that is to come; both texts are copied. value must have no line end. */
void http_response_header(struct http_request *request, const char *name, const char *value);

/*
 * Answers and ends the request, which is invalid from then on. status: 200 to 599; content_type NULL with len 0: no
 * body; body is copied.
 */
void http_respond(struct http_request *request, int status, const char *content_type, const void *body, size_t len);
/* The same with application/json; borrows value. */
void http_respond_json(struct http_request *request, int status, struct json_object *value);

/*
 * The same with RFC 9457's problem+json and the status of err's kind: type, title, status, detail = err->text, traceId;
 * pointer = err->where if that is a JSON pointer ("" only for a wrong body), else parameter = err->where. Adds
 * Retry-After to 429 and 503 and WWW-Authenticate to 401. The text of ERR_INTERNAL is not sent. Logs what is a fault of
 * ours (ERR_INTERNAL as error, other 5xx as warning): this is the boundary, callers do not log the error again.
 */
void http_problem(struct http_request *request, const struct err *err);
/* The same with the members of extension (borrowed) behind the standard ones, whose names it must not have. */
void http_problem_with(struct http_request *request, const struct err *err, const struct json_object *extension);
/* 405 with Allow: allow is "GET, HEAD". */
void http_problem_allow(struct http_request *request, const char *allow);

#endif
