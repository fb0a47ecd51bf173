#include "gate_store.h"

#include <json-c/json_object.h>

#include "json/json.h"

static const struct pg_statement context = {
	"gate_context",
	"SELECT 'recorded', e.request_digest::text, NULL::text, NULL::text, NULL::text, NULL::bigint, "
	"NULL::timestamptz,"
	" p.event, NULL::bytea"
	" FROM releasepassport.evaluation e"
	" LEFT JOIN releasepassport.passport p ON p.evaluation_id = e.evaluation_id AND p.passport_id = e.passport_id"
	" WHERE e.evaluation_id = $4::text AND e.workspace = $1::text"
	" UNION ALL"
	" SELECT 'binding', policy_digest::text, mode::text, threshold::text, namespace, deadline_ms, NULL,"
	" convert_to(array_to_json(connectors)::text, 'UTF8'), NULL"
	" FROM releasepassport.binding WHERE workspace = $1::text AND service = $2::text AND environment = $3::text"
	" UNION ALL"
	" SELECT 'ingested', fact_id, type, json_build_array(status, detail)::text,"
	" json_build_array(token_id, source_sha::text, artifact_digest::text)::text, NULL, observed_at, value, NULL"
	" FROM (SELECT DISTINCT ON (type) * FROM releasepassport.evidence"
	"  WHERE workspace = $1::text AND service = $2::text AND environment = $3::text"
	"  AND source_key IN ('', $5::text) AND artifact_key IN ('', $6::text)"
	"  ORDER BY type, observed_at DESC, fact_id DESC) newest"
	" UNION ALL"
	" SELECT 'observed', ce_id, NULL, NULL, NULL, NULL, ce_time, body, mac FROM releasepassport.latest_fact"
	" WHERE workspace = $1::text AND service = $2::text AND environment = $3::text"
	" UNION ALL"
	" SELECT 'last_good', artifact_digest::text, source_sha::text, version, passport_id, NULL, NULL, NULL, NULL"
	" FROM (SELECT * FROM releasepassport.passport"
	"  WHERE workspace = $1::text AND service = $2::text AND environment = $3::text"
	"  AND decision IN ('ALLOW', 'ALLOW_WITH_CANARY')"
	"  AND artifact_digest IS NOT NULL AND artifact_digest IS DISTINCT FROM $6::text"
	"  ORDER BY decided_at DESC LIMIT 1) good",
	6,
};

static const struct pg_statement bound = {
	"gate_bound",
	"SELECT service, environment FROM releasepassport.binding WHERE workspace = $1::text"
	" ORDER BY service, environment LIMIT 50",
	1,
};

static const struct pg_statement decided = {
	"gate_decided",
	"SELECT e.evaluation_id::text, p.event FROM releasepassport.evaluation e"
	" JOIN releasepassport.passport p ON p.evaluation_id = e.evaluation_id AND p.passport_id = e.passport_id"
	" WHERE e.workspace = $1::text"
	" AND e.evaluation_id IN (SELECT jsonb_array_elements_text($2::jsonb))",
	2,
};

static const struct pg_statement failed = {
	"gate_failed",
	"SELECT body FROM releasepassport.audit_event WHERE workspace = $1::text AND object_type = 'evaluation'"
	" AND object_id = $2::text AND kind = 'evaluation.failed' ORDER BY happened_at DESC LIMIT 1",
	2,
};

const struct pg_statement *const gate_store_statements[GATE_STORE_STATEMENTS] = { &context, &bound, &decided, &failed };

static void run(struct pg *pg, const char *workspace, const struct pg_statement *statement,
	const struct pg_param *params, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	pg_work_add(work, statement, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_context(struct pg *pg, const char *workspace, const char *service, const char *environment,
	const char *evaluation_id, const char *source_sha, const char *artifact_digest, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg)
{
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(service), PG_TEXT(environment),
		PG_TEXT(evaluation_id), PG_TEXT(source_sha), PG_TEXT(artifact_digest) };
	run(pg, workspace, &context, params, on_rows, done, arg);
}

void store_bound(struct pg *pg, const char *workspace, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	run(pg, workspace, &bound, (const struct pg_param[]){ PG_TEXT(workspace) }, on_rows, done, arg);
}

void store_decided(
	struct pg *pg, const char *workspace, const char *ids_json, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	run(pg, workspace, &decided, (const struct pg_param[]){ PG_TEXT(workspace), PG_TEXT(ids_json) }, on_rows, done,
		arg);
}

void store_evaluation(struct pg *pg, const char *workspace, const char *evaluation_id, pg_result_fn *on_decided,
	pg_result_fn *on_failed, pg_done_fn *done, void *arg)
{
	owned_buf struct buf ids = { 0 };
	owned(json) struct json_object *list = json_object_new_array();
	json_object_array_add(list, json_object_new_string(evaluation_id));
	json_text(list, false, &ids);
	struct pg_work *work = pg_work_create(pg, workspace);
	pg_work_add(work, &decided, (const struct pg_param[]){ PG_TEXT(workspace), PG_TEXT(buf_str(&ids)) }, on_decided,
		arg);
	pg_work_add(
		work, &failed, (const struct pg_param[]){ PG_TEXT(workspace), PG_TEXT(evaluation_id) }, on_failed, arg);
	pg_work_run(work, done, arg);
}
