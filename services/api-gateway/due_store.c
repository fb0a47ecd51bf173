#include "due_store.h"

static const struct pg_statement claim = {
	"due_claim",
	"SELECT id, workspace, service, environment, due_at"
	" FROM releasepassport.due_work_claim($1::text, $2::bigint, $3::integer)",
	3,
};

static const struct pg_statement finish = {
	"due_done",
	"UPDATE releasepassport.due_work SET due_at = now() + interval_ms * interval '1 millisecond',"
	" lease_owner = NULL, lease_until = NULL WHERE id = $1::bigint",
	1,
};

const struct pg_statement *const due_store_statements[DUE_STORE_STATEMENTS] = { &claim, &finish };

void store_due_claim(struct pg *pg, const char *claimant, int64_t lease_ms, int limit, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg)
{
	char lease[PG_NUMBER_SIZE], count[PG_NUMBER_SIZE];
	struct pg_work *work = pg_work_create(pg, NULL);
	const struct pg_param params[] = { PG_TEXT(claimant), pg_param_int(lease_ms, lease),
		pg_param_int(limit, count) };
	pg_work_add(work, &claim, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_due_done(struct pg *pg, const char *workspace, int64_t id, pg_done_fn *done, void *arg)
{
	char number[PG_NUMBER_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	pg_work_add(work, &finish, (const struct pg_param[]){ pg_param_int(id, number) }, NULL, NULL);
	pg_work_run(work, done, arg);
}
