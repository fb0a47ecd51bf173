/* Statements about policies. */
#ifndef GATEWAY_POLICY_STORE_H
#define GATEWAY_POLICY_STORE_H

#include "page.h"
#include "pg/pg.h"
#include "policy/policy.h"

#define POLICY_STORE_STATEMENTS 4
extern const struct pg_statement *const policy_store_statements[POLICY_STORE_STATEMENTS];

/*
 * Stores a policy unless it is there already; one row: was it new? source is the text as it was given, event the body
 * of its audit event.
 */
void store_policy(struct pg *pg, const char *workspace, const struct policy *policy, const char *source,
	size_t source_len, const char *actor, struct pg_param event, pg_result_fn *on_row, pg_done_fn *done, void *arg);

/* digest, name, version, created_at, created_by; the newest first, name may be NULL. */
void store_policies(struct pg *pg, const char *workspace, const char *name, const struct page *page,
	pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* The policy of this digest: document, source, name, version, digest; or no row. */
void store_policy_by_digest(
	struct pg *pg, const char *workspace, const char *digest, pg_result_fn *on_row, pg_done_fn *done, void *arg);
/* The newest policy of this name, and version if it is not NULL; columns as above. */
void store_policy_by_name(struct pg *pg, const char *workspace, const char *name, const char *version,
	pg_result_fn *on_row, pg_done_fn *done, void *arg);

#endif
