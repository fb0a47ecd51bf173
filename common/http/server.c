#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/connection.h"
#include "http/tls.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void fill_defaults(struct http_server_conf *conf)
{
#define DEFAULT(member, value) conf->member = conf->member == 0 ? (value) : conf->member
	DEFAULT(header_bytes_max, 16384);
	DEFAULT(body_bytes_max, 1 << 20);
	DEFAULT(body_bytes_total_max, 256 << 20);
	DEFAULT(connections_max, 20000);
	DEFAULT(header_timeout_ms, 10000);
	DEFAULT(body_timeout_ms, 30000);
	DEFAULT(idle_timeout_ms, 60000);
#undef DEFAULT
}

static void describe_remote(const struct sockaddr *address, char *text, socklen_t size)
{
	const void *binary = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	int family = address->sa_family;
	if (family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
		bool is_mapped = IN6_IS_ADDR_V4MAPPED(v6);
		binary = is_mapped ? (const void *)&v6->s6_addr[12] : v6;
		family = is_mapped ? AF_INET : AF_INET6;
	}
	if (inet_ntop(family, binary, text, size) == NULL)
		text[0] = '\0';
}

static struct bufferevent *wrap(struct http_server *server, evutil_socket_t fd)
{
	int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	if (server->tls == NULL)
		return bufferevent_socket_new(server->base, fd, options);
	SSL *ssl = SSL_new(server->tls);
	if (ssl == NULL)
		return NULL;
	struct bufferevent *bev =
		bufferevent_openssl_socket_new(server->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, options);
	/* A client that just hangs up is not worth an error: HTTP has its own framing. */
	if (bev != NULL)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

static void on_accept(
	struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int len, void *context)
{
	(void)len;
	struct http_server *server = context;
	int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct bufferevent *bev = wrap(server, fd);
	if (bev == NULL) {
		evutil_closesocket(fd);
		return;
	}
	char remote[INET6_ADDRSTRLEN];
	describe_remote(address, remote, sizeof(remote));
	connection_create(server, bev, remote);
	if (server->connection_count >= server->conf.connections_max)
		evconnlistener_disable(listener);
}

/* Out of descriptors or memory: the listener would report it in a tight loop, so it rests for a moment. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
	static const struct timeval rest = { 0, 100000 };
	struct http_server *server = context;
	LOG_WARN(NULL, "accept failed", LOG_STR("text", strerror(errno)));
	evconnlistener_disable(listener);
	evtimer_add(server->resume, &rest);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct http_server *server = context;
	if (server->listener != NULL && server->connection_count < server->conf.connections_max)
		evconnlistener_enable(server->listener);
}

static socklen_t to_sockaddr(const struct conf_address *conf, union address *address)
{
	*address = (union address){ 0 };
	if (inet_pton(AF_INET, conf->host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(conf->port);
		return sizeof(address->v4);
	}
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons(conf->port);
	address->v6.sin6_addr = in6addr_any;
	bool ok = conf->host[0] == '\0' || inet_pton(AF_INET6, conf->host, &address->v6.sin6_addr) == 1;
	return ok ? sizeof(address->v6) : 0;
}

static bool listen_at(struct http_server *server, const struct conf_address *conf, struct err *err)
{
	union address address;
	socklen_t len = to_sockaddr(conf, &address);
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
	errno = EINVAL;
	if (len > 0)
		server->listener = evconnlistener_new_bind(
			server->base, on_accept, server, flags, SOMAXCONN, &address.any, (int)len);
	if (server->listener == NULL)
		return err_set_at(err, ERR_CONFIG, "listen", "can't listen on %s%s%s:%u: %s",
			strchr(conf->host, ':') != NULL ? "[" : "", conf->host,
			strchr(conf->host, ':') != NULL ? "]" : "", conf->port, strerror(errno));
	evconnlistener_set_error_cb(server->listener, on_accept_error);
	len = sizeof(address);
	getsockname(evconnlistener_get_fd(server->listener), &address.any, &len);
	server->port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return true;
}

/* All addresses: IPv6 with IPv4 mapped into it, or IPv4 alone where the kernel has no IPv6. */
static bool start_listening(struct http_server *server, struct err *err)
{
	if (listen_at(server, &server->conf.listen, err))
		return true;
	if (server->conf.listen.host[0] != '\0' || errno != EAFNOSUPPORT)
		return false;
	struct conf_address v4 = { .host = "0.0.0.0", .port = server->conf.listen.port };
	return listen_at(server, &v4, err);
}

static bool start_tls(struct http_server *server, struct err *err)
{
	const struct http_server_conf *conf = &server->conf;
	if (conf->tls_certificate == NULL && conf->tls_key == NULL)
		return true;
	if (conf->tls_key == NULL)
		return err_set_at(err, ERR_CONFIG, "tls_key", "must be set, because the certificate is");
	if (conf->tls_certificate == NULL)
		return err_set_at(err, ERR_CONFIG, "tls_certificate", "must be set, because the key is");
	return tls_create(conf->tls_certificate, conf->tls_key, &server->tls, err);
}

struct http_server *http_server_create(struct event_base *base, const struct http_server_conf *conf,
	http_handler_fn *handler, void *context, struct err *err)
{
	signal(SIGPIPE, SIG_IGN);
	struct http_server *server = mem_zalloc(1, sizeof(*server));
	server->base = base;
	server->conf = *conf;
	server->handler = handler;
	server->context = context;
	server->resume = evtimer_new(base, on_resume, server);
	fill_defaults(&server->conf);
	bool ok = start_tls(server, err) && start_listening(server, err);
	/* The paths are the caller's. */
	server->conf.tls_certificate = server->conf.tls_key = NULL;
	if (!ok) {
		http_server_destroy(server);
		return NULL;
	}
	return server;
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

static void stop_listening(struct http_server *server)
{
	if (server->listener != NULL)
		evconnlistener_free(take(server->listener));
}

void http_server_drain(struct http_server *server)
{
	server->draining = true;
	stop_listening(server);
	for (struct connection *next, *c = LIST_FIRST(&server->connections); c != NULL; c = next) {
		next = LIST_NEXT(c, entry);
		if (c->state == CONNECTION_IDLE)
			connection_abort(c);
	}
}

bool http_server_is_idle(const struct http_server *server)
{
	return server->busy_count == 0 && LIST_EMPTY(&server->requests);
}

void http_server_destroy(struct http_server *server)
{
	if (server == NULL)
		return;
	stop_listening(server);
	while (!LIST_EMPTY(&server->connections))
		connection_abort(LIST_FIRST(&server->connections));
	struct http_request *request;
	LIST_FOREACH(request, &server->requests, entry)
	request->server = NULL;
	event_free(server->resume);
	SSL_CTX_free(server->tls);
	free(server);
}
