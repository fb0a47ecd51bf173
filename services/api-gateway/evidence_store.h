/* Statements about evidence. */
#ifndef GATEWAY_EVIDENCE_STORE_H
#define GATEWAY_EVIDENCE_STORE_H

#include "pg/pg.h"

#define EVIDENCE_STORE_STATEMENTS 2
extern const struct pg_statement *const evidence_store_statements[EVIDENCE_STORE_STATEMENTS];

struct evidence_write {
	const char *service, *environment;
	const char *source_sha, *artifact_digest; /* NULL: none */
	const char *key;                          /* NULL: every post is a new one */
	/* JSON array text of {"index", "factId", "type", "status", "value", "detail", "observedAt"}. */
	const char *facts;
	const char *token_id;
	const char *actor;
	struct pg_param event; /* the body of the audit event */
};

/*
 * Stores the facts, all or none: none where no policy is bound to the place, and none where the key was used before.
 * on_written gets one row: is the place bound? were they stored? on_recorded gets what is recorded under the key, by
 * index: fact_id, type, value, source_sha, artifact_digest, observed_at; not called without a key.
 */
void store_evidence(struct pg *pg, const char *workspace, const struct evidence_write *write, pg_result_fn *on_written,
	pg_result_fn *on_recorded, pg_done_fn *done, void *arg);

#endif
