/* Statements about due work. */
#ifndef GATEWAY_DUE_STORE_H
#define GATEWAY_DUE_STORE_H

#include "pg/pg.h"

#define DUE_STORE_STATEMENTS 2
extern const struct pg_statement *const due_store_statements[DUE_STORE_STATEMENTS];

/* Claims at most limit due rows of all workspaces for lease_ms: id, workspace, service, environment, due_at. */
void store_due_claim(struct pg *pg, const char *claimant, int64_t lease_ms, int limit, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg);

/* The work that was due is done: it is due again after its interval, counted from now. */
void store_due_done(struct pg *pg, const char *workspace, int64_t id, pg_done_fn *done, void *arg);

#endif
