#include "evidence.h"

#include <json-c/json_object.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "evidence_body.h"
#include "evidence_store.h"
#include "idempotency.h"
#include "json/json.h"
#include "passport/question.h"
#include "policy/names.h"
#include "unbound.h"

struct ingest {
	struct call *call;
	struct evidence_body body;
	const char **fact_ids;
	const char *key; /* digest of place and Idempotency-Key; NULL: none was sent */
	bool is_bound, is_new;
	struct err err; /* the key was used for another post */
};

/* --- the answer --- */

static void answer(const struct ingest *ingest)
{
	const struct evidence_item *items = ingest->body.evidence.items;
	struct json_object *facts = json_object_new_array();
	for (size_t i = 0; i < ingest->body.evidence.count; i++) {
		struct json_object *fact = json_object_new_object();
		json_add_string(fact, "factId", ingest->fact_ids[i]);
		json_add_string(fact, "type", items[i].type);
		json_object_array_add(facts, fact);
	}
	owned(json) struct json_object *object = json_object_new_object();
	json_add(object, "facts", facts);
	http_respond_json(ingest->call->request, ingest->is_new ? 201 : 200, object);
}

static bool same_text(const struct pg_result *rows, int row, int column, const char *text)
{
	return strcmp(pg_text(rows, row, column), text != NULL ? text : "") == 0;
}

static bool same_fact(
	const struct ingest *ingest, const struct evidence_item *item, const struct pg_result *rows, int row)
{
	owned_buf struct buf value = { 0 };
	pg_bytes(rows, row, 2, &value);
	return same_text(rows, row, 1, item->type) && strcmp(buf_str(&value), item->value) == 0 &&
	       same_text(rows, row, 3, ingest->body.release.source_sha) &&
	       same_text(rows, row, 4, ingest->body.artifact.digest) &&
	       (!item->has_observed_at || pg_time_us(rows, row, 5) == item->observed_at_us);
}

/* What is recorded under the key is this post, be it now or before; or it is another one's. */
static void on_recorded(const struct pg_result *rows, void *arg)
{
	struct ingest *ingest = arg;
	const struct evidence_item *items = ingest->body.evidence.items;
	bool same = (size_t)pg_rows(rows) == ingest->body.evidence.count;
	for (int i = 0; same && i < pg_rows(rows); i++) {
		same = same_fact(ingest, &items[i], rows, i);
		ingest->fact_ids[i] = arena_strdup(ingest->call->arena, pg_text(rows, i, 0));
	}
	if (!same)
		err_set_at(&ingest->err, ERR_KEY_REUSED, "Idempotency-Key",
			"this Idempotency-Key was used for other evidence of this service and environment");
}

static void on_written(const struct pg_result *row, void *arg)
{
	struct ingest *ingest = arg;
	ingest->is_bound = pg_bool(row, 0, 0);
	ingest->is_new = pg_bool(row, 0, 1);
}

static void on_done(bool ok, const struct err *err, void *arg)
{
	struct ingest *ingest = arg;
	if (!call_succeeded(ingest->call, ok, err))
		return;
	if (!ingest->is_bound)
		unbound_answer(ingest->call, TOKEN_INGEST, ingest->body.service.name, ingest->body.service.environment,
			"/service");
	else if (ingest->err.kind != ERR_NONE)
		call_fail(ingest->call, &ingest->err);
	else
		answer(ingest);
}

/* --- the write --- */

static void add_facts(struct ingest *ingest, struct buf *text)
{
	const struct evidence_item *items = ingest->body.evidence.items;
	owned(json) struct json_object *facts = json_object_new_array();
	for (size_t i = 0; i < ingest->body.evidence.count; i++) {
		char id[ID_SIZE];
		ingest->fact_ids[i] = arena_strdup(ingest->call->arena, id_create("fact_", id));
		struct json_object *fact = json_object_new_object();
		json_add_int(fact, "index", (int64_t)i);
		json_add_string(fact, "factId", ingest->fact_ids[i]);
		json_add_string(fact, "type", items[i].type);
		json_add_string(fact, "status", fact_status_name(RP__V1__FACT_STATUS__FACT_OK));
		json_add_string(fact, "value", items[i].value);
		json_add_string(fact, "detail", items[i].summary);
		json_add_time(fact, "observedAt", items[i].observed_at_us);
		json_object_array_add(facts, fact);
	}
	json_text(facts, false, text);
}

/* The event names every fact and the digest of its value, which is evidence enough and holds nothing private. */
static struct pg_param event_body(const struct ingest *ingest)
{
	const struct evidence_item *items = ingest->body.evidence.items;
	struct json_object *facts = json_object_new_array();
	for (size_t i = 0; i < ingest->body.evidence.count; i++) {
		char digest[SHA256_HEX_SIZE];
		struct json_object *fact = json_object_new_object();
		json_add_string(fact, "factId", ingest->fact_ids[i]);
		json_add_string(fact, "type", items[i].type);
		json_add_string(fact, "sha256", sha256_hex(items[i].value, strlen(items[i].value), digest));
		json_object_array_add(facts, fact);
	}
	owned(json) struct json_object *event = json_object_new_object();
	json_add_string(event, "service", ingest->body.service.name);
	json_add_string(event, "environment", ingest->body.service.environment);
	json_add_string(event, "sourceSha", ingest->body.release.source_sha);
	json_add_string(event, "artifact", ingest->body.artifact.digest);
	json_add(event, "facts", facts);
	json_add_string(event, "tokenId", ingest->call->identity->token_id);
	return audit_body(event, ingest->call->arena);
}

static void write_facts(struct ingest *ingest)
{
	struct call *call = ingest->call;
	owned_buf struct buf facts = { 0 };
	add_facts(ingest, &facts);
	const struct evidence_write write = {
		.service = ingest->body.service.name,
		.environment = ingest->body.service.environment,
		.source_sha = ingest->body.release.source_sha,
		.artifact_digest = ingest->body.artifact.digest,
		.key = ingest->key,
		.facts = buf_str(&facts),
		.token_id = call->identity->token_id,
		.actor = call->identity->subject,
		.event = event_body(ingest),
	};
	store_evidence(svc_pg(call->gateway->svc), call->identity->workspace, &write, on_written, on_recorded, on_done,
		ingest);
}

/* --- the request --- */

/* Every type needs its scope. False: answered. */
static bool authorise(const struct ingest *ingest)
{
	const struct evidence_item *items = ingest->body.evidence.items;
	const char *service = ingest->body.service.name, *environment = ingest->body.service.environment;
	for (size_t i = 0; i < ingest->body.evidence.count; i++) {
		if (token_allows(ingest->call->identity, TOKEN_INGEST, items[i].type, service, environment))
			continue;
		struct err err;
		err_set(&err, ERR_FORBIDDEN,
			"the token does not have the scope ingest:%s for service %s, environment %s", items[i].type,
			service, environment);
		call_fail(ingest->call, &err);
		return false;
	}
	return true;
}

static bool read_key(struct ingest *ingest, struct err *err)
{
	const char *key = http_request_header(ingest->call->request, "idempotency-key");
	if (key == NULL)
		return true;
	if (!idempotency_check(key, err))
		return false;
	char id[SHA256_HEX_SIZE];
	question_evaluation_id(ingest->call->identity->workspace, ingest->body.service.name,
		ingest->body.service.environment, key, id);
	ingest->key = arena_strdup(ingest->call->arena, id);
	return true;
}

void evidence_ingest(struct call *call)
{
	struct err err;
	struct ingest *ingest = arena_alloc(call->arena, sizeof(*ingest));
	ingest->call = call;
	struct json_object *json = call_body(call);
	if (json == NULL)
		return;
	if (!evidence_body_read(json, clock_now_us(), call->arena, &ingest->body, &err) || !read_key(ingest, &err)) {
		call_fail(call, &err);
		return;
	}
	if (!authorise(ingest))
		return;
	ingest->fact_ids = arena_array(call->arena, ingest->body.evidence.count, sizeof(*ingest->fact_ids));
	write_facts(ingest);
}
