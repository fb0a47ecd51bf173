/* Statements of the gate call. */
#ifndef GATEWAY_GATE_STORE_H
#define GATEWAY_GATE_STORE_H

#include "pg/pg.h"

#define GATE_STORE_STATEMENTS 4
extern const struct pg_statement *const gate_store_statements[GATE_STORE_STATEMENTS];

/*
 * The context of a gate call, one statement. Its rows have the columns kind, a, b, c, d, n, at, body, mac, and these
 *kinds: recorded	a request digest, body event: the evaluation was decided already binding		a policy
 *digest, b mode, c threshold, d namespace, n deadline in ms, body connectors as JSON text ingested	a fact id, b
 *type, c status and detail as JSON text, d token id and release as JSON text, at observed, body value observed	a ce_id,
 *at ce_time, body and mac as the worker sealed them last_good	a artifact digest, b source SHA, c version, d passport
 *id artifact_digest and source_sha may be NULL.
 */
enum context_column {
	CONTEXT_KIND,
	CONTEXT_A,
	CONTEXT_B,
	CONTEXT_C,
	CONTEXT_D,
	CONTEXT_N,
	CONTEXT_AT,
	CONTEXT_BODY,
	CONTEXT_MAC,
};
void store_context(struct pg *pg, const char *workspace, const char *service, const char *environment,
	const char *evaluation_id, const char *source_sha, const char *artifact_digest, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg);

/* Services and environments that are bound, for an error that says what exists: service, environment; at most 50. */
void store_bound(struct pg *pg, const char *workspace, pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* Of these evaluations (ids as JSON array text) those decided: evaluation_id, event. */
void store_decided(
	struct pg *pg, const char *workspace, const char *ids_json, pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* What became of one evaluation: on_decided gets rows as store_decided gives them, on_failed the body of its last
 * failure. */
void store_evaluation(struct pg *pg, const char *workspace, const char *evaluation_id, pg_result_fn *on_decided,
	pg_result_fn *on_failed, pg_done_fn *done, void *arg);

#endif
