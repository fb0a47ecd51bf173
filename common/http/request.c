#include "http/request.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/connection.h"

struct http_request *request_create(struct connection *connection)
{
	struct arena *arena = arena_create();
	struct http_request *request = arena_alloc(arena, sizeof(*request));
	request->arena = arena;
	request->server = connection->server;
	request->connection = connection;
	request->begun_us = clock_mono_us();
	request->head.method = request->head.target.path = "";
	snprintf(request->remote, sizeof(request->remote), "%s", connection->remote);
	http_trace_init(&request->trace, NULL);
	request->log.trace_id = request->trace.id;
	return request;
}

void request_destroy(struct http_request *request)
{
	if (request->server != NULL) {
		request->server->body_bytes -= request->counted_bytes;
		if (request->handed)
			LIST_REMOVE(request, entry);
	}
	buf_finish(&request->body);
	arena_destroy(request->arena);
}

bool request_is_head(const struct http_request *request)
{
	return strcmp(request->head.method, "HEAD") == 0;
}

const char *http_request_method(const struct http_request *request)
{
	return request->head.method;
}

const char *http_request_path(const struct http_request *request)
{
	return request->head.target.path;
}

size_t http_request_segment_count(const struct http_request *request)
{
	return request->head.target.segment_count;
}

const char *http_request_segment(const struct http_request *request, size_t index)
{
	return request->head.target.segments[index];
}

static const char *find_parameter(const struct http_parameter *parameters, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(parameters[i].name, name) == 0)
			return parameters[i].value;
	}
	return NULL;
}

const char *http_request_param(const struct http_request *request, const char *name)
{
	return find_parameter(request->params, request->param_count, name);
}

const struct http_route *http_request_route(const struct http_request *request)
{
	return request->route;
}

const char *http_request_query(const struct http_request *request, const char *name)
{
	return find_parameter(request->head.target.query, request->head.target.query_count, name);
}

size_t http_request_query_count(const struct http_request *request)
{
	return request->head.target.query_count;
}

const char *http_request_query_name(const struct http_request *request, size_t index)
{
	return request->head.target.query[index].name;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
	return http_head_find(&request->head, name, request->arena);
}

const char *http_request_body(const struct http_request *request, size_t *len)
{
	if (len != NULL)
		*len = request->body.len;
	return buf_str(&request->body);
}

const char *http_request_remote(const struct http_request *request)
{
	return request->remote;
}

const char *http_request_traceparent(const struct http_request *request)
{
	return request->trace.parent;
}

struct log_ctx *http_request_log_ctx(struct http_request *request)
{
	return &request->log;
}

struct arena *http_request_arena(struct http_request *request)
{
	return request->arena;
}

void http_request_on_close(struct http_request *request, http_closed_fn *fn, void *arg)
{
	request->closed = fn;
	request->closed_arg = arg;
}
