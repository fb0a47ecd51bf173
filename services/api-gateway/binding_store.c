#include "binding_store.h"

#include "audit.h"
#include "narrow.h"

static const struct pg_statement put = {
	"binding_put",
	"WITH before AS (SELECT FROM releasepassport.binding"
	" WHERE workspace = $1::text AND service = $2::text AND environment = $3::text),"
	" written AS (INSERT INTO releasepassport.binding AS b (workspace, service, environment, namespace,"
	" policy_digest, mode, threshold, deadline_ms, connectors, updated_by)"
	" VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bigint,"
	" ARRAY(SELECT jsonb_array_elements_text($9::jsonb)), $10::text)"
	" ON CONFLICT (workspace, service, environment) DO UPDATE SET namespace = excluded.namespace,"
	" policy_digest = excluded.policy_digest, mode = excluded.mode, threshold = excluded.threshold,"
	" deadline_ms = excluded.deadline_ms, connectors = excluded.connectors, updated_at = now(),"
	" updated_by = excluded.updated_by"
	" WHERE (b.namespace, b.policy_digest, b.mode, b.threshold, b.deadline_ms, b.connectors) IS DISTINCT FROM"
	" (excluded.namespace, excluded.policy_digest, excluded.mode, excluded.threshold, excluded.deadline_ms,"
	" excluded.connectors)"
	" RETURNING b.service)" AUDIT_OF("binding.changed", "binding", "$1", "$10", "$2::text || '/' || $3", "$11",
		"written") " SELECT NOT EXISTS (SELECT FROM before)",
	11,
};

static const struct pg_statement refresh = {
	"binding_refresh",
	"INSERT INTO releasepassport.due_work AS w (workspace, service, environment, kind, due_at, interval_ms)"
	" VALUES ($1::text, $2::text, $3::text, 'refresh', now(), $4::bigint)"
	" ON CONFLICT (workspace, service, environment, kind)"
	" DO UPDATE SET interval_ms = excluded.interval_ms, due_at = least(w.due_at, excluded.due_at)",
	4,
};

static const struct pg_statement no_refresh = {
	"binding_no_refresh",
	"DELETE FROM releasepassport.due_work"
	" WHERE workspace = $1::text AND service = $2::text AND environment = $3::text AND kind = 'refresh'",
	3,
};

#define BINDING_COLUMNS                                                                                         \
	"SELECT b.service, b.environment, b.namespace, b.policy_digest::text, p.name, p.version, b.mode::text," \
	" b.threshold::text, b.deadline_ms, array_to_json(b.connectors)::text, b.updated_at, b.updated_by"      \
	" FROM releasepassport.binding b"                                                                       \
	" JOIN releasepassport.policy p ON p.workspace = b.workspace AND p.digest = b.policy_digest"

static const struct pg_statement one = {
	"binding_one",
	BINDING_COLUMNS " WHERE b.workspace = $1::text AND b.service = $2::text AND b.environment = $3::text",
	3,
};

static const struct pg_statement list = {
	"binding_list",
	BINDING_COLUMNS " WHERE b.workspace = $1::text AND " NARROW("$2", "b.service",
		"b.environment") " AND ($3::text IS NULL OR (b.service, b.environment) > ($3::text, $4::text))"
				 " ORDER BY b.service, b.environment LIMIT $5::bigint + 1",
	5,
};

const struct pg_statement *const binding_store_statements[BINDING_STORE_STATEMENTS] = { &put, &refresh, &no_refresh,
	&one, &list };

void store_binding(struct pg *pg, const char *workspace, const struct binding_write *binding, const char *actor,
	struct pg_param event, pg_result_fn *on_written, pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	char deadline[PG_NUMBER_SIZE], interval[PG_NUMBER_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param place[] = { PG_TEXT(workspace), PG_TEXT(binding->service), PG_TEXT(binding->environment),
		pg_param_int(binding->refresh_ms, interval) };
	const struct pg_param params[] = { place[0], place[1], place[2], PG_TEXT(binding->namespace),
		PG_TEXT(binding->policy_digest), PG_TEXT(binding->mode), PG_TEXT(binding->threshold),
		pg_param_int(binding->deadline_ms, deadline), PG_TEXT(binding->connectors), PG_TEXT(actor), event };
	pg_work_add(work, &put, params, on_written, arg);
	pg_work_add(work, binding->refresh_ms > 0 ? &refresh : &no_refresh, place, NULL, NULL);
	pg_work_add(work, &one, place, on_row, arg);
	pg_work_run(work, done, arg);
}

void store_binding_of(struct pg *pg, const char *workspace, const char *service, const char *environment,
	pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(service), PG_TEXT(environment) };
	pg_work_add(work, &one, params, on_row, arg);
	pg_work_run(work, done, arg);
}

void store_bindings(struct pg *pg, const char *workspace, const char *grants, const struct page *page,
	pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	char limit[PG_NUMBER_SIZE];
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(grants), PG_TEXT(page->after[0]),
		PG_TEXT(page->after[1]), pg_param_int(page->limit, limit) };
	pg_work_add(work, &list, params, on_rows, arg);
	pg_work_run(work, done, arg);
}
