#include "evidence_store.h"

#include "audit.h"

#define INSERT_FACTS                                                                                                \
	"INSERT INTO releasepassport.evidence (fact_id, workspace, service, environment, type, status, source_sha," \
	" artifact_digest, value, detail, token_id, observed_at, ingest_key)"                                       \
	" SELECT f.\"factId\", $1::text, $2::text, $3::text, f.type, f.status, $4::text, $5::text,"                 \
	" convert_to(f.value, 'UTF8'), f.detail, $8::text, f.\"observedAt\", $6::text || '/' || f.index FROM facts f"

/* The first fact claims the key; the others follow only if it could. So two posts with one key never mix. */
static const struct pg_statement insert = {
	"evidence_insert",
	"WITH place AS (SELECT FROM releasepassport.binding"
	" WHERE workspace = $1::text AND service = $2::text AND environment = $3::text),"
	" facts AS (SELECT * FROM jsonb_to_recordset($7::jsonb) AS r(index integer, \"factId\" text, type text,"
	" status text, value text, detail text, \"observedAt\" timestamptz)),"
	" made AS (" INSERT_FACTS " WHERE f.index = 0 AND EXISTS (SELECT FROM place)"
	" ON CONFLICT (workspace, ingest_key) WHERE ingest_key IS NOT NULL DO NOTHING RETURNING fact_id),"
	" others AS (" INSERT_FACTS
	" WHERE f.index > 0 AND EXISTS (SELECT FROM made))" AUDIT_OF("evidence.ingested", "service", "$1", "$9",
		"$2::text || '/' || $3", "$10", "made") " SELECT EXISTS (SELECT FROM place), EXISTS (SELECT FROM made)",
	10,
};

static const struct pg_statement recorded = {
	"evidence_recorded",
	"SELECT e.fact_id, e.type, e.value, e.source_sha::text, e.artifact_digest::text, e.observed_at"
	" FROM generate_series(0, 63) i"
	" JOIN releasepassport.evidence e ON e.workspace = $1::text AND e.ingest_key = $2::text || '/' || i"
	" ORDER BY i",
	2,
};

const struct pg_statement *const evidence_store_statements[EVIDENCE_STORE_STATEMENTS] = { &insert, &recorded };

void store_evidence(struct pg *pg, const char *workspace, const struct evidence_write *write, pg_result_fn *on_written,
	pg_result_fn *on_recorded, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, workspace);
	const struct pg_param params[] = { PG_TEXT(workspace), PG_TEXT(write->service), PG_TEXT(write->environment),
		PG_TEXT(write->source_sha), PG_TEXT(write->artifact_digest), PG_TEXT(write->key), PG_TEXT(write->facts),
		PG_TEXT(write->token_id), PG_TEXT(write->actor), write->event };
	pg_work_add(work, &insert, params, on_written, arg);
	if (write->key != NULL)
		pg_work_add(work, &recorded, (const struct pg_param[]){ PG_TEXT(workspace), PG_TEXT(write->key) },
			on_recorded, arg);
	pg_work_run(work, done, arg);
}
