/* A server on a free port of loopback and raw sockets to it, all in one loop of the test. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <event2/event.h>

#include "base/buf.h"
#include "http/request.h"
#include "http/server.h"

#define PATIENCE_MS 3000

struct fixture {
	struct event_base *base;
	struct http_server *server;
	struct http_request *waiting; /* the latest request of /wait */
	int handled;                  /* requests that reached the handler */
	int closed;                   /* clients that went away while waiting */
};

/* The handler: /wait keeps the request, /problem answers ERR_INTERNAL, all else is echoed as "METHOD path body". */
void fixture_start(struct fixture *fixture, const struct http_server_conf *conf);
void fixture_stop(struct fixture *fixture);
/* A connected non-blocking socket. */
int fixture_dial(struct fixture *fixture);
void fixture_say(int fd, const char *text);
void fixture_say_bytes(int fd, const void *data, size_t len);
/* Runs the loop until what was heard holds needle; fails the test after PATIENCE_MS. heard grows. */
void fixture_expect(struct fixture *fixture, int fd, struct buf *heard, const char *needle);
/* Runs the loop until the server has closed its side. */
void fixture_expect_end(struct fixture *fixture, int fd, struct buf *heard);
/* Runs the loop for ms. */
void fixture_run(struct fixture *fixture, int ms);
/* Runs the loop until *flag is not 0. */
void fixture_until(struct fixture *fixture, const int *flag);
/* One connection, one text, everything that comes back until the server closes. Closes the socket. */
void fixture_exchange(struct fixture *fixture, const char *text, struct buf *heard);

#endif
