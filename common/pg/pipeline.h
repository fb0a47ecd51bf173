/*
 * Works over one connection in libpq's pipeline mode. The statements between two Syncs are one implicit transaction:
 * the server commits at the Sync or, after an error, skips to it, so that a failed work never disturbs the next one.
 */
#ifndef PG_PIPELINE_H
#define PG_PIPELINE_H

#include "pg/connection.h"

/* Sends work and queues it; whatever happens to the connection, work gets its outcome. */
void pipeline_send(struct connection *c, struct pg_work *work);
/* Reads what has arrived and finishes the works that it completes. False: the connection broke. */
bool pipeline_read(struct connection *c);
/* Sends on what libpq holds back. False: the connection broke. */
bool pipeline_flush(struct connection *c);

#endif
