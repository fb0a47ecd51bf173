/* LISTEN and NOTIFY: one connection of the pool listens for all. */
#ifndef PG_LISTEN_H
#define PG_LISTEN_H

#include "pg/connection.h"

/* Adds LISTEN for every channel to the work that prepares a connection. */
void listen_add(struct pg_work *work, const char *const *channels);
/* Hands on the notifications that have arrived. */
void listen_deliver(struct connection *c);

#endif
