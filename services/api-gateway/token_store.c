#include "token_store.h"

#include "audit.h"
#include "base/clock.h"
#include "crypto/hash.h"

static const struct pg_statement token_by_hash = {
	"token_by_hash",
	"SELECT token_id, workspace, kind, subject, creator, scopes,"
	" revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()), expires_at"
	" FROM releasepassport.token_by_hash($1::bytea)",
	1,
};

static const struct pg_statement create = {
	"token_create",
	"WITH made AS (INSERT INTO releasepassport.token"
	" (token_id, workspace, hash, kind, subject, creator, scopes, expires_at)"
	" VALUES ($2::text, $1::text, $3::bytea, $4::text, $5::text, $6::text, $7::jsonb, $8::timestamptz)"
	" RETURNING created_at)" AUDIT_OF(
		"token.created", "token", "$1", "$6", "$2", "$9", "made") " SELECT created_at FROM made",
	9,
};

static const struct pg_statement list = {
	"token_list",
	"SELECT token_id, kind, subject, creator, scopes, created_at, expires_at, revoked_at FROM releasepassport.token"
	" WHERE workspace = $1::text"
	" AND ($2::timestamptz IS NULL OR (created_at, token_id) < ($2::timestamptz, $3::text))"
	" ORDER BY created_at DESC, token_id DESC LIMIT $4::bigint + 1",
	4,
};

static const struct pg_statement revoke = {
	"token_revoke",
	"WITH known AS (SELECT FROM releasepassport.token WHERE workspace = $1::text AND token_id = $2::text),"
	" revoked AS (UPDATE releasepassport.token SET revoked_at = now()"
	" WHERE workspace = $1::text AND token_id = $2::text AND revoked_at IS NULL RETURNING token_id)" AUDIT_OF(
		"token.revoked", "token", "$1", "$3", "$2", "$4", "revoked") " SELECT EXISTS (SELECT FROM known)",
	4,
};

const struct pg_statement *const token_store_statements[TOKEN_STORE_STATEMENTS] = { &token_by_hash, &create, &list,
	&revoke };

void store_token_by_hash(struct pg *pg, const void *hash, pg_result_fn *on_token, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, NULL);
	pg_work_add(work, &token_by_hash, (const struct pg_param[]){ PG_BYTES(hash, SHA256_SIZE) }, on_token, arg);
	pg_work_run(work, done, arg);
}

void store_token(struct pg *pg, const char *workspace, const struct token_write *token, pg_result_fn *on_row,
	pg_done_fn *done, void *arg)
{
	char expires[CLOCK_RFC3339_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(token->token_id),
		PG_BYTES(token->hash, SHA256_SIZE), PG_TEXT(token->kind), PG_TEXT(token->subject),
		PG_TEXT(token->creator), PG_TEXT(token->scopes), pg_param_time(token->expires_at_us, expires),
		token->event };
	pg_work_add(work, &create, params, on_row, arg);
	pg_work_run(work, done, arg);
}

void store_tokens(struct pg *pg, const char *workspace, const struct page *page, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg)
{
	char limit[PG_NUMBER_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(page->after[0]), PG_TEXT(page->after[1]),
		pg_param_int(page->limit, limit) };
	pg_work_add(work, &list, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_token_revoked(struct pg *pg, const char *workspace, const char *token_id, const char *actor,
	struct pg_param event, pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(token_id), PG_TEXT(actor), event };
	pg_work_add(work, &revoke, params, on_row, arg);
	pg_work_run(work, done, arg);
}
