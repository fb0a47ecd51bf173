/* The evaluator's one statement. */
#ifndef EVALUATOR_STORE_H
#define EVALUATOR_STORE_H

#include "pg/pg.h"

#define EVALUATOR_STATEMENT_COUNT 1
extern const struct pg_statement *const evaluator_statements[EVALUATOR_STATEMENT_COUNT];

/* The policy's canonical JSON: one row with one bytea, or none. on_document is called before done. */
void store_policy(struct pg *pg, const char *digest, pg_result_fn *on_document, pg_done_fn *done, void *arg);

#endif
