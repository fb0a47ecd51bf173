#include "token_store.h"

#include "crypto/hash.h"

static const struct pg_statement token_by_hash = {
	"token_by_hash",
	"SELECT token_id, workspace, kind, subject, creator, scopes,"
	" revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()), expires_at"
	" FROM releasepassport.token_by_hash($1::bytea)",
	1,
};

const struct pg_statement *const token_store_statements[TOKEN_STORE_STATEMENTS] = { &token_by_hash };

void store_token_by_hash(struct pg *pg, const void *hash, pg_result_fn *on_token, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, NULL);
	pg_work_add(work, &token_by_hash, (const struct pg_param[]){ PG_BYTES(hash, SHA256_SIZE) }, on_token, arg);
	pg_work_run(work, done, arg);
}
