#include "store.h"

static const struct pg_statement policy_by_digest = {
	"policy_by_digest",
	"SELECT document FROM releasepassport.policy WHERE digest = $1::text LIMIT 1",
	1,
};

const struct pg_statement *const evaluator_statements[EVALUATOR_STATEMENT_COUNT] = { &policy_by_digest };

void store_policy(struct pg *pg, const char *digest, pg_result_fn *on_document, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, NULL);
	pg_work_add(work, &policy_by_digest, (const struct pg_param[]){ PG_TEXT(digest) }, on_document, arg);
	pg_work_run(work, done, arg);
}
