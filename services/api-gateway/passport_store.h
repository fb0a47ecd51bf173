/* Statements about passports. */
#ifndef GATEWAY_PASSPORT_STORE_H
#define GATEWAY_PASSPORT_STORE_H

#include "page.h"
#include "pg/pg.h"

#define PASSPORT_STORE_STATEMENTS 2
extern const struct pg_statement *const passport_store_statements[PASSPORT_STORE_STATEMENTS];

/* What is looked for; NULL and 0: anything. */
struct passport_filter {
	const char *service, *environment, *decision, *artifact_digest, *source_sha;
	int64_t from_us, to_us; /* decided at or after, decided before */
};

enum passport_column {
	PASSPORT_ID,
	PASSPORT_EVALUATION_ID,
	PASSPORT_SERVICE,
	PASSPORT_ENVIRONMENT,
	PASSPORT_NAMESPACE,
	PASSPORT_RELEASE_ID,
	PASSPORT_VERSION,
	PASSPORT_SOURCE_SHA,
	PASSPORT_ARTIFACT_DIGEST,
	PASSPORT_DECISION,
	PASSPORT_MODE,
	PASSPORT_ENFORCED,
	PASSPORT_CONFIDENCE,
	PASSPORT_POLICY_DIGEST,
	PASSPORT_POLICY_NAME,
	PASSPORT_POLICY_VERSION,
	PASSPORT_ACTOR,
	PASSPORT_DECIDED_AT,
	PASSPORT_VALID_UNTIL,
};

/* Those that the grants (narrow.h) show, the latest first. */
void store_passports(struct pg *pg, const char *workspace, const char *grants, const struct passport_filter *filter,
	const struct page *page, pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* One that the grants show, or no row: evaluation_id, key_id, envelope, event. */
void store_passport(struct pg *pg, const char *workspace, const char *grants, const char *passport_id,
	pg_result_fn *on_row, pg_done_fn *done, void *arg);

#endif
