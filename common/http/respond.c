/* The answer to a request. */
#include <assert.h>
#include <event2/buffer.h>
#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "http/connection.h"
#include "metrics/metrics.h"

static struct metric requests_metric = {
	.name = "rp_http_requests_total",
	.help = "HTTP requests answered, by status.",
	.type = METRIC_COUNTER,
	.label = "status",
};

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = { { 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" },
		{ 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 408, "Request Timeout" }, { 409, "Conflict" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
		{ 501, "Not Implemented" }, { 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" } };
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Status";
}

void http_response_header(struct http_request *request, const char *name, const char *value)
{
	assert(strpbrk(name, "\r\n:") == NULL && strpbrk(value, "\r\n") == NULL);
	struct answer_header *header = arena_alloc(request->arena, sizeof(*header));
	*header = (struct answer_header){ request->answer_headers, arena_strdup(request->arena, name),
		arena_strdup(request->arena, value) };
	request->answer_headers = header;
}

static void write_date(struct evbuffer *out)
{
	char text[64];
	struct tm tm;
	time_t now = (time_t)(clock_now_us() / CLOCK_US_PER_S);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
	evbuffer_add_printf(out, "Date: %s\r\n", text);
}

static void write_head(const struct http_request *request, int status, const char *content_type, size_t len, bool close,
	struct evbuffer *out)
{
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\n", status, reason(status));
	write_date(out);
	if (content_type != NULL)
		evbuffer_add_printf(out, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", content_type);
	if (status != 204 && status != 304)
		evbuffer_add_printf(out, "Content-Length: %zu\r\n", len);
	for (const struct answer_header *h = request->answer_headers; h != NULL; h = h->next)
		evbuffer_add_printf(out, "%s: %s\r\n", h->name, h->value);
	evbuffer_add_printf(out, "traceparent: %s\r\n", request->trace.parent);
	if (close)
		evbuffer_add_printf(out, "Connection: close\r\n");
	else if (request->head.version_1_0)
		evbuffer_add_printf(out, "Connection: keep-alive\r\n");
	evbuffer_add_printf(out, "\r\n");
}

static void record(const struct http_request *request, int status, size_t len)
{
	char label[16];
	snprintf(label, sizeof(label), "%d", status);
	metric_add(&requests_metric, label, 1);
	bool wanted = request->server != NULL && request->server->conf.log_requests;
	LOG_AT(wanted ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, &request->log, "request",
		LOG_STR("method", request->head.method), LOG_STR("path", request->head.target.path),
		LOG_INT("status", status), LOG_INT("bytes", len), LOG_STR("remote", request->remote),
		LOG_DOUBLE("ms", (double)(clock_mono_us() - request->begun_us) / 1e3),
		LOG_BOOL("client_gone", request->connection == NULL));
}

void http_respond(struct http_request *request, int status, const char *content_type, const void *body, size_t len)
{
	assert(status >= 200 && status <= 599);
	record(request, status, len);
	struct connection *connection = request->connection;
	if (connection != NULL) {
		struct evbuffer *out = bufferevent_get_output(connection->bev);
		bool close = request->close || !request->head.keep_alive || connection->server->draining;
		write_head(request, status, content_type, len, close, out);
		if (len > 0 && status != 204 && status != 304 && !request_is_head(request))
			evbuffer_add(out, body, len);
		connection_answered(connection, close);
	}
	request_destroy(request);
}

void http_respond_json(struct http_request *request, int status, struct json_object *value)
{
	size_t len;
	const char *text =
		json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	http_respond(request, status, "application/json", text, len);
}
