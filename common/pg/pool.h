/* A process's connections, as the parts of pg see them. */
#ifndef PG_POOL_H
#define PG_POOL_H

#include <event2/event.h>

#include "pg/connection.h"
#include "pg/dsn.h"
#include "pg/pg.h"

#define POOL_CONNECTIONS_MAX 16

struct pg {
	struct event_base *base;
	struct evdns_base *dns;
	struct dsn dsn;
	struct pg_conf conf; /* without the dsn's text */
	const struct pg_statement *const *statements;
	size_t statement_count;
	const char *const *channels;
	struct pg_callbacks callbacks;
	void *context;
	struct connection connections[POOL_CONNECTIONS_MAX];
	struct pg_queue refused; /* works that found no connection, to be told so when the loop turns */
	struct event *refuse_event;
	size_t pending;
	bool connected;
	bool closing;
};

/* Is it a statement that every connection prepares? */
bool pool_prepares(const struct pg *pg, const struct pg_statement *statement);
/* A connection became ready or ceased to be. */
void pool_connection_changed(struct pg *pg);
/* Sets the deadline for the next answer of the works that c has sent, none if there are none. */
void pool_answer_expected(struct connection *c);
void pool_work_finished(struct pg *pg, const struct pg_work *work);
void pool_notified(struct pg *pg, const char *channel, const char *payload);

#endif
