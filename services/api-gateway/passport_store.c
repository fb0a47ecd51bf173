#include "passport_store.h"

#include "base/clock.h"
#include "narrow.h"

static const struct pg_statement list = {
	"passport_list",
	"SELECT p.passport_id, p.evaluation_id::text, p.service, p.environment, p.namespace, p.release_id, p.version,"
	" p.source_sha::text, p.artifact_digest::text, p.decision::text, p.mode::text, p.enforced, p.confidence,"
	" p.policy_digest::text, o.name, o.version, p.actor, p.decided_at, p.valid_until"
	" FROM releasepassport.passport p"
	" LEFT JOIN releasepassport.policy o ON o.workspace = p.workspace AND o.digest = p.policy_digest"
	" WHERE p.workspace = $1::text AND " NARROW("$2", "p.service",
		"p.environment") " AND ($3::text IS NULL OR p.service = $3::text) AND ($4::text IS NULL OR "
				 "p.environment = $4::text)"
				 " AND ($5::text IS NULL OR p.decision = $5::text)"
				 " AND ($6::text IS NULL OR p.artifact_digest = $6::text) AND ($7::text IS NULL OR "
				 "p.source_sha = $7::text)"
				 " AND ($8::timestamptz IS NULL OR p.decided_at >= $8::timestamptz)"
				 " AND ($9::timestamptz IS NULL OR p.decided_at < $9::timestamptz)"
				 " AND ($10::timestamptz IS NULL OR (p.decided_at, p.passport_id) < ($10::timestamptz, "
				 "$11::text))"
				 " ORDER BY p.decided_at DESC, p.passport_id DESC LIMIT $12::bigint + 1",
	12,
};

static const struct pg_statement one = {
	"passport_one",
	"SELECT p.evaluation_id::text, p.key_id, p.envelope, p.event FROM releasepassport.passport p"
	" WHERE p.workspace = $1::text AND p.passport_id = $3::text AND " NARROW(
		"$2", "p.service", "p.environment") " LIMIT 1",
	3,
};

const struct pg_statement *const passport_store_statements[PASSPORT_STORE_STATEMENTS] = { &list, &one };

void store_passports(struct pg *pg, const char *workspace, const char *grants, const struct passport_filter *filter,
	const struct page *page, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	char limit[PG_NUMBER_SIZE], from[CLOCK_RFC3339_SIZE], to[CLOCK_RFC3339_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(grants), PG_TEXT(filter->service),
		PG_TEXT(filter->environment), PG_TEXT(filter->decision), PG_TEXT(filter->artifact_digest),
		PG_TEXT(filter->source_sha), pg_param_time(filter->from_us, from), pg_param_time(filter->to_us, to),
		PG_TEXT(page->after[0]), PG_TEXT(page->after[1]), pg_param_int(page->limit, limit) };
	pg_work_add(work, &list, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_passport(struct pg *pg, const char *workspace, const char *grants, const char *passport_id,
	pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(grants), PG_TEXT(passport_id) };
	pg_work_add(work, &one, params, on_row, arg);
	pg_work_run(work, done, arg);
}
