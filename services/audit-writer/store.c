#include "store.h"

#include "base/clock.h"
#include "bus/record.h"
#include "crypto/hash.h"

/*
 * The narrow row of the evaluation decides: whoever inserts it first has recorded the decision, and everything else
 * follows from that in the same statement.
 */
static const struct pg_statement passport = {
	"record_passport",
	"WITH first AS (INSERT INTO releasepassport.evaluation"
	"  (evaluation_id, workspace, request_digest, verdict_digest, passport_id)"
	"  VALUES ($1::text, $2::text, $3::text, $4::text, $5::text)"
	"  ON CONFLICT (evaluation_id) DO NOTHING RETURNING evaluation_id),"
	" body AS (INSERT INTO releasepassport.passport (passport_id, evaluation_id, workspace, service, environment,"
	"  namespace, release_id, version, source_sha, artifact_digest, decision, mode, enforced, confidence,"
	"  policy_digest, actor, requested_at, decided_at, signed_at, valid_until, key_id, envelope, event)"
	"  SELECT $5::text, $1::text, $2::text, $6::text, $7::text, coalesce($8::text, ''), $9::text, $10::text,"
	"  $11::text, $12::text, $13::text, $14::text, $15::boolean, $16::integer, $17::text, $18::text,"
	"  $19::timestamptz, $20::timestamptz, $21::timestamptz, $22::timestamptz, $23::text, $24::bytea, $25::bytea"
	"  FROM first),"
	" pending AS (INSERT INTO releasepassport.announcement (evaluation_id, passport_id)"
	"  SELECT $1::text, $5::text FROM first),"
	" leaf AS (INSERT INTO releasepassport.audit_leaf (workspace, kind, ref, leaf, leaf_hash)"
	"  SELECT $2::text, 'passport', $5::text, $26::bytea, $27::bytea FROM first),"
	" facts AS (INSERT INTO releasepassport.fact (passport_id, name, fact_id, evidence_class, type, query_digest,"
	"  connector, status, observed_at, age_ms, value, value_sha256, detail, source_sha, artifact_digest, token_id,"
	"  workspace)"
	"  SELECT $5::text, f.name, f.fact_id, f.evidence_class, f.type, f.query_digest, f.connector, f.status,"
	"  f.observed_at, f.age_ms, decode(f.value, 'base64'), f.value_sha256, coalesce(f.detail, ''), f.source_sha,"
	"  f.artifact_digest, f.token_id, $2::text"
	"  FROM first, jsonb_to_recordset($28::jsonb) AS f (name text, fact_id text, evidence_class text, type text,"
	"  query_digest text, connector text, status text, observed_at timestamptz, age_ms bigint, value text,"
	"  value_sha256 text, detail text, source_sha text, artifact_digest text, token_id text))"
	" SELECT EXISTS (SELECT FROM first),"
	"  (SELECT verdict_digest::text FROM releasepassport.evaluation WHERE evaluation_id = $1::text)",
	28,
};

static const struct pg_statement announced = {
	"mark_announced",
	"UPDATE releasepassport.announcement SET announced_at = now()"
	" WHERE evaluation_id = $1::text AND announced_at IS NULL",
	1,
};

static const struct pg_statement latest_fact = {
	"keep_latest_fact",
	"INSERT INTO releasepassport.latest_fact"
	" (workspace, service, environment, query_digest, connector, observed_at, ce_id, ce_time, body, mac)"
	" VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::timestamptz, $7::text, $8::timestamptz,"
	" $9::bytea, $10::bytea)"
	" ON CONFLICT (workspace, service, environment, query_digest) DO UPDATE SET connector = excluded.connector,"
	" observed_at = excluded.observed_at, ce_id = excluded.ce_id, ce_time = excluded.ce_time, body = excluded.body,"
	" mac = excluded.mac, updated_at = now()"
	" WHERE releasepassport.latest_fact.observed_at <= excluded.observed_at",
	10,
};

/* The narrow row makes a repeated event harmless. */
static const struct pg_statement event = {
	"record_event",
	"WITH first AS (INSERT INTO releasepassport.audit_event_id (event_id) VALUES ($1::text)"
	"  ON CONFLICT (event_id) DO NOTHING RETURNING event_id),"
	" body AS (INSERT INTO releasepassport.audit_event"
	"  (event_id, workspace, kind, actor, object_type, object_id, body, happened_at)"
	"  SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bytea, $8::timestamptz FROM first)"
	" INSERT INTO releasepassport.audit_leaf (workspace, kind, ref, leaf, leaf_hash)"
	"  SELECT $2::text, 'event', $1::text, $9::bytea, $10::bytea FROM first",
	10,
};

static const struct pg_statement outbox_delete = {
	"outbox_delete",
	"DELETE FROM releasepassport.audit_outbox WHERE id = $1::bigint",
	1,
};

static const struct pg_statement outbox = {
	"outbox",
	"SELECT id, workspace, kind, actor, object_type, object_id, body, created_at FROM releasepassport.audit_outbox"
	" ORDER BY id LIMIT $1::integer",
	1,
};

static const struct pg_statement unannounced = {
	"unannounced",
	"SELECT a.evaluation_id::text, p.workspace, p.service, p.environment, p.event"
	" FROM releasepassport.announcement a JOIN releasepassport.passport p"
	" ON p.evaluation_id = a.evaluation_id AND p.passport_id = a.passport_id AND p.recorded_at = a.recorded_at"
	" WHERE a.announced_at IS NULL AND a.recorded_at < now() - interval '2 seconds'"
	" ORDER BY a.recorded_at LIMIT $1::integer",
	1,
};

static const struct pg_statement gauges = {
	"gauges",
	"SELECT coalesce(extract(epoch FROM now() - (SELECT min(created_at) FROM releasepassport.audit_outbox)), "
	"0)::bigint,"
	" coalesce(extract(epoch FROM now() - (SELECT min(recorded_at) FROM releasepassport.announcement"
	"  WHERE announced_at IS NULL)), 0)::bigint,"
	" releasepassport.partitions_ahead()",
	0,
};

const struct pg_statement *const store_statements[STORE_STATEMENTS] = { &passport, &announced, &latest_fact, &event,
	&outbox_delete, &outbox, &unannounced, &gauges };

void store_add_passport(struct pg_work *work, const struct store_passport *p, pg_result_fn *on_row, void *arg)
{
	char confidence[PG_NUMBER_SIZE], requested[CLOCK_RFC3339_SIZE], decided[CLOCK_RFC3339_SIZE],
		signed_at[CLOCK_RFC3339_SIZE], valid_until[CLOCK_RFC3339_SIZE];
	const struct pg_param params[] = {
		PG_TEXT(p->evaluation_id),
		PG_TEXT(p->workspace),
		PG_TEXT(p->request_digest),
		PG_TEXT(p->verdict_digest),
		PG_TEXT(p->passport_id),
		PG_TEXT(p->service),
		PG_TEXT(p->environment),
		PG_TEXT(p->namespace),
		PG_TEXT(p->release_id),
		PG_TEXT(p->version),
		PG_TEXT(p->source_sha),
		PG_TEXT(p->artifact_digest),
		PG_TEXT(p->decision),
		PG_TEXT(p->mode),
		PG_TEXT(p->enforced ? "true" : "false"),
		pg_param_int(p->confidence, confidence),
		PG_TEXT(p->policy_digest),
		PG_TEXT(p->actor),
		pg_param_time(p->requested_at_us, requested),
		pg_param_time(p->decided_at_us, decided),
		pg_param_time(p->signed_at_us, signed_at),
		pg_param_time(p->valid_until_us, valid_until),
		PG_TEXT(p->key_id),
		PG_BYTES(p->envelope, p->envelope_len),
		PG_BYTES(p->event, p->event_len),
		PG_BYTES(p->leaf, p->leaf_len),
		PG_BYTES(p->leaf_hash, SHA256_SIZE),
		PG_TEXT(p->facts_json),
	};
	pg_work_add(work, &passport, params, on_row, arg);
}

void store_add_announced(struct pg_work *work, const char *evaluation_id)
{
	pg_work_add(work, &announced, (const struct pg_param[]){ PG_TEXT(evaluation_id) }, NULL, NULL);
}

void store_add_latest_fact(struct pg_work *work, const Rp__V1__EvidenceFact *f, const struct bus_record *record)
{
	char observed[CLOCK_RFC3339_SIZE], time[CLOCK_RFC3339_SIZE];
	const struct pg_param params[] = {
		PG_TEXT(f->workspace),
		PG_TEXT(f->service),
		PG_TEXT(f->environment),
		PG_TEXT(f->fact->query_digest),
		PG_TEXT(f->fact->connector),
		pg_param_time(f->fact->observed_at_us, observed),
		PG_TEXT(record->ce_id),
		pg_param_time(record->ce_time_us, time),
		PG_BYTES(record->body, record->len),
		PG_BYTES(record->mac, SHA256_SIZE),
	};
	pg_work_add(work, &latest_fact, params, NULL, NULL);
}

void store_add_event(struct pg_work *work, const struct store_event *e)
{
	char happened[CLOCK_RFC3339_SIZE], id[PG_NUMBER_SIZE];
	const struct pg_param params[] = {
		PG_TEXT(e->event_id),
		PG_TEXT(e->workspace),
		PG_TEXT(e->kind),
		PG_TEXT(e->actor),
		PG_TEXT(e->object_type),
		PG_TEXT(e->object_id),
		PG_BYTES(e->body, e->body_len),
		pg_param_time(e->happened_at_us, happened),
		PG_BYTES(e->leaf, e->leaf_len),
		PG_BYTES(e->leaf_hash, SHA256_SIZE),
	};
	pg_work_add(work, &event, params, NULL, NULL);
	if (e->outbox_id != 0)
		pg_work_add(
			work, &outbox_delete, (const struct pg_param[]){ pg_param_int(e->outbox_id, id) }, NULL, NULL);
}

static void run(struct pg *pg, const struct pg_statement *statement, const struct pg_param *params,
	pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	struct pg_work *work = pg_work_create(pg, NULL);
	pg_work_add(work, statement, params, on_rows, arg);
	pg_work_run(work, done, arg);
}

void store_outbox(struct pg *pg, int limit, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	char number[PG_NUMBER_SIZE];
	run(pg, &outbox, (const struct pg_param[]){ pg_param_int(limit, number) }, on_rows, done, arg);
}

void store_unannounced(struct pg *pg, int limit, pg_result_fn *on_rows, pg_done_fn *done, void *arg)
{
	char number[PG_NUMBER_SIZE];
	run(pg, &unannounced, (const struct pg_param[]){ pg_param_int(limit, number) }, on_rows, done, arg);
}

void store_gauges(struct pg *pg, pg_result_fn *on_row, pg_done_fn *done, void *arg)
{
	run(pg, &gauges, NULL, on_row, done, arg);
}
