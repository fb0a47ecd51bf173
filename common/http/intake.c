/* From bytes to a request in the handler's hands. */
#include <event2/buffer.h>

#include "http/connection.h"

void intake_refuse(struct connection *connection, const struct err *err)
{
	if (connection->request == NULL)
		connection->request = request_create(connection);
	connection->request->close = true;
	http_problem(connection->request, err);
}

static void hand_over(struct connection *connection)
{
	struct http_server *server = connection->server;
	struct http_request *request = connection->request;
	connection_enter(connection, CONNECTION_HANDLING);
	request->handed = true;
	LIST_INSERT_HEAD(&server->requests, request, entry);
	server->handler(request, server->context);
}

static bool check_body_size(const struct connection *connection, size_t bytes, struct err *err)
{
	size_t max = connection->server->conf.body_bytes_max;
	return bytes <= max || err_set(err, ERR_TOO_LARGE, "the body has more than %zu bytes", max);
}

static bool begin_body(struct connection *connection, struct err *err)
{
	const struct http_head *head = &connection->request->head;
	if (!check_body_size(connection, head->content_length, err))
		return false;
	connection_enter(connection, CONNECTION_BODY);
	if (head->expect_continue && evbuffer_get_length(bufferevent_get_input(connection->bev)) == 0) {
		static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
		bufferevent_write(connection->bev, text, sizeof(text) - 1);
	}
	return true;
}

static bool parse_head(struct connection *connection, const char *data, size_t len, struct err *err)
{
	struct http_request *request = request_create(connection);
	connection->request = request;
	bool ok = http_head_parse(data, len, request->arena, &request->head, err);
	http_trace_init(&request->trace, http_head_find(&request->head, "traceparent", request->arena));
	return ok;
}

/* Each of these returns whether there may be more to do at once. */
static bool read_head(struct connection *connection, struct evbuffer *input)
{
	size_t max = connection->server->conf.header_bytes_max;
	size_t len = evbuffer_get_length(input);
	const char *data = (const char *)evbuffer_pullup(input, -1);
	struct err err = { 0 };
	enum http_scan_result result = http_scan_feed(&connection->scan, data, len);
	if (result == HTTP_SCAN_BAD) {
		err_set(&err, ERR_INVALID, "%s", connection->scan.fault);
	} else if (connection->scan.at > max) {
		err_set(&err, ERR_HEADERS_TOO_LARGE, "the headers have more than %zu bytes", max);
	} else if (result == HTTP_SCAN_MORE) {
		return false;
	} else if (parse_head(connection, data, connection->scan.at, &err)) {
		evbuffer_drain(input, connection->scan.at);
		if (begin_body(connection, &err))
			return true;
	}
	intake_refuse(connection, &err);
	return false;
}

/* Appends to the body what the input buffer has of it. *done: it is complete. */
static bool read_sized(struct http_request *request, struct evbuffer *input, bool *done)
{
	struct buf *body = &request->body;
	size_t n = request->head.content_length - body->len;
	if (n > evbuffer_get_length(input))
		n = evbuffer_get_length(input);
	buf_reserve(body, n);
	evbuffer_remove(input, body->data + body->len, n);
	body->len += n;
	body->data[body->len] = '\0';
	*done = body->len == request->head.content_length;
	return true;
}

static bool read_chunked(struct connection *connection, struct evbuffer *input, bool *done, struct err *err)
{
	size_t max = connection->server->conf.body_bytes_max;
	enum http_chunk_result result = HTTP_CHUNK_MORE;
	while (result == HTTP_CHUNK_MORE && evbuffer_get_length(input) > 0) {
		size_t len = evbuffer_get_contiguous_space(input);
		const char *data = (const char *)evbuffer_pullup(input, (ssize_t)len);
		size_t used;
		result = http_chunk_feed(&connection->chunk, data, len, max, &connection->request->body, &used);
		evbuffer_drain(input, used);
	}
	*done = result == HTTP_CHUNK_DONE;
	if (result == HTTP_CHUNK_BAD)
		return err_set(err, ERR_INVALID, "the body is not well-formed chunks");
	return result != HTTP_CHUNK_TOO_LARGE || check_body_size(connection, max + 1, err);
}

static bool check_budget(struct http_server *server, size_t more, struct err *err)
{
	server->body_bytes += more;
	return server->body_bytes <= server->conf.body_bytes_total_max ||
	       err_set(err, ERR_UNAVAILABLE, "too many bodies are being received");
}

static bool read_body(struct connection *connection, struct evbuffer *input)
{
	struct http_request *request = connection->request;
	size_t before = request->body.len;
	bool done = false;
	struct err err = { 0 };
	bool ok = request->head.chunked ? read_chunked(connection, input, &done, &err)
					: read_sized(request, input, &done);
	size_t more = request->body.len - before;
	request->counted_bytes += more;
	ok = check_budget(connection->server, more, ok ? &err : NULL) && ok;
	if (!ok)
		intake_refuse(connection, &err);
	else if (done)
		hand_over(connection);
	return ok && done;
}

void intake_read(struct connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->bev);
	bool more = true;
	while (more) {
		size_t len = evbuffer_get_length(input);
		switch (connection->state) {
		case CONNECTION_IDLE:
			more = len > 0;
			if (more)
				connection_enter(connection, CONNECTION_HEAD);
			break;
		case CONNECTION_HEAD: more = read_head(connection, input); break;
		case CONNECTION_BODY: more = read_body(connection, input); break;
		case CONNECTION_LINGER:
			evbuffer_drain(input, len);
			more = false;
			break;
		case CONNECTION_HANDLING:
		case CONNECTION_WRITING: more = false; break;
		}
	}
	/* Only an answer that is being written outlives the client's end; what else waits has lost its client. */
	if (connection->peer_end && connection->state != CONNECTION_WRITING)
		connection_abort(connection);
}
