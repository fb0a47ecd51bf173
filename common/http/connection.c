#include "http/connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "metrics/metrics.h"

/* How long a client may take to read the rest and close, after we have closed our side. */
#define LINGER_MS 2000
/* What may lie in the input buffer beyond a head, so that a head which is too large is seen to be so. */
#define INPUT_SLACK_BYTES 4096

static struct metric connections_metric = {
	.name = "rp_http_connections",
	.help = "Open HTTP connections.",
	.type = METRIC_GAUGE,
};

static bool is_busy(enum connection_state state)
{
	return state != CONNECTION_IDLE && state != CONNECTION_LINGER;
}

static int64_t deadline_ms(const struct connection *connection, enum connection_state state)
{
	const struct http_server_conf *conf = &connection->server->conf;
	switch (state) {
	case CONNECTION_IDLE: return conf->idle_timeout_ms;
	case CONNECTION_HEAD: return conf->header_timeout_ms;
	case CONNECTION_BODY: return conf->body_timeout_ms;
	case CONNECTION_HANDLING: return 0;
	case CONNECTION_WRITING: return conf->body_timeout_ms;
	case CONNECTION_LINGER: return LINGER_MS;
	}
	return 0;
}

static void set_timer(struct connection *connection, int64_t ms)
{
	struct timeval tv = { ms / 1000, (suseconds_t)(ms % 1000 * 1000) };
	if (ms > 0)
		evtimer_add(&connection->timer, &tv);
	else
		evtimer_del(&connection->timer);
}

void connection_enter(struct connection *connection, enum connection_state state)
{
	struct http_server *server = connection->server;
	if (is_busy(state) != is_busy(connection->state)) {
		if (is_busy(state))
			server->busy_count++;
		else
			server->busy_count--;
	}
	connection->state = state;
	set_timer(connection, deadline_ms(connection, state));
}

/* Frees the connection; its request, if any, is only cut off. */
static void connection_free(struct connection *connection)
{
	struct http_server *server = connection->server;
	connection_enter(connection, CONNECTION_IDLE);
	evtimer_del(&connection->timer);
	LIST_REMOVE(connection, entry);
	server->connection_count--;
	metric_add(&connections_metric, NULL, -1);
	if (server->listener != NULL && server->connection_count < server->conf.connections_max)
		evconnlistener_enable(server->listener);
	bufferevent_free(connection->bev);
	free(connection);
}

void connection_abort(struct connection *connection)
{
	struct http_request *request = take(connection->request);
	connection_free(connection);
	if (request == NULL)
		return;
	request->connection = NULL;
	if (!request->handed)
		request_destroy(request);
	else if (request->closed != NULL)
		take(request->closed)(request, request->closed_arg);
}

static void start_linger(struct connection *connection)
{
	/* Closing with unread input would reset the connection, and the client might never see the answer. */
	SSL *ssl = bufferevent_openssl_get_ssl(connection->bev);
	if (ssl != NULL)
		SSL_shutdown(ssl);
	if (connection->peer_end || shutdown(bufferevent_getfd(connection->bev), SHUT_WR) != 0) {
		connection_abort(connection);
		return;
	}
	connection_enter(connection, CONNECTION_LINGER);
	intake_read(connection);
}

void connection_answered(struct connection *connection, bool close)
{
	connection->request = NULL;
	connection->close = close;
	connection->scan = (struct http_scan){ 0 };
	connection->chunk = (struct http_chunk){ 0 };
	connection_enter(connection, CONNECTION_WRITING);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct connection *connection = arg;
	if (connection->state != CONNECTION_WRITING || evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	if (connection->close || connection->server->draining) {
		start_linger(connection);
		return;
	}
	connection_enter(connection, CONNECTION_IDLE);
	intake_read(connection);
}

static void on_readable(struct bufferevent *bev, void *arg)
{
	(void)bev;
	intake_read(arg);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct connection *connection = arg;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) == 0)
		return;
	connection->peer_end = true;
	/* The rest of an answer may still be taken by a client that has only closed its own side. */
	bool is_half = (what & BEV_EVENT_EOF) != 0 && bufferevent_openssl_get_ssl(bev) == NULL;
	if (connection->state != CONNECTION_WRITING || !is_half)
		connection_abort(connection);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	struct connection *connection = arg;
	struct err err = { 0 };
	if (connection->state == CONNECTION_HEAD)
		err_set(&err, ERR_SLOW_CLIENT, "the headers did not arrive within %lld ms",
			(long long)connection->server->conf.header_timeout_ms);
	else if (connection->state == CONNECTION_BODY)
		err_set(&err, ERR_SLOW_CLIENT, "the body did not arrive within %lld ms",
			(long long)connection->server->conf.body_timeout_ms);
	if (err.kind != ERR_NONE)
		intake_refuse(connection, &err);
	else
		connection_abort(connection);
}

void connection_create(struct http_server *server, struct bufferevent *bev, const char *remote)
{
	struct connection *connection = mem_zalloc(1, sizeof(*connection));
	connection->server = server;
	connection->bev = bev;
	snprintf(connection->remote, sizeof(connection->remote), "%s", remote);
	evtimer_assign(&connection->timer, server->base, on_deadline, connection);
	LIST_INSERT_HEAD(&server->connections, connection, entry);
	server->connection_count++;
	metric_add(&connections_metric, NULL, 1);
	bufferevent_setwatermark(bev, EV_READ, 0, server->conf.header_bytes_max + INPUT_SLACK_BYTES);
	bufferevent_setcb(bev, on_readable, on_written, on_event, connection);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	/* The first request has no time to idle before it: a TLS handshake counts too. */
	set_timer(connection, server->conf.header_timeout_ms);
}
