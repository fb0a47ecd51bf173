/*
 * One connection: resolves, connects, prepares, works, breaks, waits, and begins again. Between two rounds of the loop
 * it may be broken and not yet torn down, because the break is found deep below callbacks.
 */
#ifndef PG_CONNECTION_H
#define PG_CONNECTION_H

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "pg/resolve.h"
#include "pg/work.h"

enum connection_state {
	STATE_WAITING, /* for the back-off to pass */
	STATE_RESOLVING,
	STATE_CONNECTING,
	STATE_PREPARING,
	STATE_READY,
};

struct pool;

struct connection {
	struct pg *pg;
	bool listens; /* the one that LISTENs */
	enum connection_state state;
	bool broken; /* to be torn down as soon as the loop turns */
	PGconn *conn;
	struct event *socket_event; /* connecting: what libpq waits for; then readable */
	struct event *write_event;  /* while libpq has bytes left to send */
	struct event *timer;        /* back-off, connect timeout, or answer deadline, as the state says */
	struct resolve *resolve;
	int64_t backoff_ms;
	struct pg_queue queue; /* sent, not answered; the head is being answered */
	char complaint[256];   /* the failure that was logged last, so that a long outage is one line */
};

void connection_init(struct connection *c, struct pg *pg, bool listens);
/* Begins to connect when the loop runs. */
void connection_start(struct connection *c);
/* Closes; the works in its queue fail. */
void connection_finish(struct connection *c);
bool connection_is_ready(const struct connection *c);
/* Closes and tries again later: from the loop, with no frame of the connection above. */
void connection_fail(struct connection *c, const char *reason);
/* Has the loop fail it: from anywhere. */
void connection_break(struct connection *c, const char *reason);

#endif
