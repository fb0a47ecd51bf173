#include "policy_store.h"

#include "audit.h"

static const struct pg_statement put = {
	"policy_put",
	"WITH made AS (INSERT INTO releasepassport.policy"
	" (workspace, digest, name, version, document, source, created_by)"
	" VALUES ($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::bytea, $7::text)"
	" ON CONFLICT DO NOTHING RETURNING digest)" AUDIT_OF(
		"policy.created", "policy", "$1", "$7", "$2", "$8", "made") " SELECT EXISTS (SELECT FROM made)",
	8,
};

static const struct pg_statement list = {
	"policy_list",
	"SELECT digest::text, name, version, created_at, created_by FROM releasepassport.policy"
	" WHERE workspace = $1::text AND ($2::text IS NULL OR name = $2::text)"
	" AND ($3::timestamptz IS NULL OR (created_at, digest::text) < ($3::timestamptz, $4::text))"
	" ORDER BY created_at DESC, digest::text DESC LIMIT $5::bigint + 1",
	5,
};

#define POLICY_COLUMNS "SELECT document, source, name, version, digest::text FROM releasepassport.policy"

static const struct pg_statement by_digest = {
	"policy_by_digest",
	POLICY_COLUMNS " WHERE workspace = $1::text AND digest = $2::text",
	2,
};

static const struct pg_statement by_name = {
	"policy_by_name",
	POLICY_COLUMNS " WHERE workspace = $1::text AND name = $2::text AND ($3::text IS NULL OR version = $3::text)"
		       " ORDER BY created_at DESC, digest LIMIT 1",
	3,
};

const struct pg_statement *const policy_store_statements[POLICY_STORE_STATEMENTS] = { &put, &list, &by_digest,
	&by_name };

static void run(struct pg *pg, const char *workspace, const struct pg_statement *statement,
	const struct pg_param *params, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	pg_work_add(work, statement, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_policy(struct pg *pg, const char *workspace, const struct policy *policy, const char *source,
	size_t source_len, const char *actor, struct pg_param event, pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(policy->digest), PG_TEXT(policy->name),
		PG_TEXT(policy->version), PG_BYTES(policy->canonical, policy->canonical_len),
		PG_BYTES(source, source_len), PG_TEXT(actor), event };
	run(pg, workspace, &put, params, on_row, done, arg);
}

void store_policies(struct pg *pg, const char *workspace, const char *name, const struct page *page,
	pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	char limit[PG_NUMBER_SIZE];
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(name), PG_TEXT(page->after[0]),
		PG_TEXT(page->after[1]), pg_param_int(page->limit, limit) };
	run(pg, workspace, &list, params, on_rows, done, arg);
}

void store_policy_by_digest(
	struct pg *pg, const char *workspace, const char *digest, pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	run(pg, workspace, &by_digest, (const struct pg_param[]){ PG_TEXT(workspace), PG_TEXT(digest) }, on_row, done,
		arg);
}

void store_policy_by_name(struct pg *pg, const char *workspace, const char *name, const char *version,
	pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(name), PG_TEXT(version) };
	run(pg, workspace, &by_name, params, on_row, done, arg);
}
