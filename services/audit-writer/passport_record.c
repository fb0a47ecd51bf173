#include "passport_record.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "announcements.h"
#include "base/encode.h"
#include "batch.h"
#include "bus/record_key.h"
#include "event.h"
#include "fact_rows.h"
#include "json/json.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "passport/event.h"
#include "passport/member.h"
#include "passport/open.h"
#include "passport/statement.h"
#include "store.h"
#include "tlog/leaf.h"

struct passport_item {
	struct batch_item item; /* first: the batch knows it by this */
	struct audit_writer *writer;
	struct bus_delivery *delivery;
	const struct bus_record *record; /* lives as long as the delivery, as does the passport */
	const Rp__V1__Passport *passport;
	struct json_object *statement;
	char policy_digest[80];
	struct buf event, facts, leaf;
	uint8_t leaf_hash[SHA256_SIZE];
	struct store_passport row;
	bool is_first;
	char standing_digest[SHA256_HEX_SIZE]; /* of the verdict that was recorded before; "" if not known */
};

static struct metric recorded = {
	.name = "rp_passports_recorded_total",
	.help = "Passports committed, by decision.",
	.type = METRIC_COUNTER,
	.label = "decision",
};

static struct passport_item *item_of(struct batch_item *item)
{
	return (struct passport_item *)item;
}

static void drop(struct batch_item *item)
{
	struct passport_item *p = item_of(item);
	json_object_put(p->statement);
	buf_finish(&p->event);
	buf_finish(&p->facts);
	buf_finish(&p->leaf);
	free(p);
}

/* --- reading --- */

/* The record around the envelope must say the same as what was signed: it is what the signer reads back. */
static bool check_record(const Rp__V1__Passport *passport, const struct json_object *predicate,
	const struct bus_record *record, struct err *err)
{
	const struct json_object *release = member_object(predicate, "release");
	const char *evaluation_id = member_text(predicate, "evaluationId");
	const char *passport_id = member_text(predicate, "passportId");
	const char *workspace = member_text(predicate, "workspace");
	const char *service = member_text(release, "service"), *environment = member_text(release, "environment");
	if (evaluation_id == NULL || passport_id == NULL || workspace == NULL || service == NULL || environment == NULL)
		return err_set(err, ERR_INVALID, "the signed statement lacks its names");
	if (strcmp(passport->evaluation_id, evaluation_id) != 0 || strcmp(passport->passport_id, passport_id) != 0 ||
		strcmp(passport->workspace, workspace) != 0)
		return err_set(err, ERR_UNVERIFIED, "the record's names are not those that were signed");
	if (!record_key_is(record->key, workspace, service, environment))
		return err_set(err, ERR_UNVERIFIED, "the passport does not belong to its record's key");
	return true;
}

static bool read_times(struct store_passport *row, const struct json_object *predicate, struct err *err)
{
	const struct json_object *timestamps = member_object(predicate, "timestamps");
	if (!member_time(timestamps, "requested", &row->requested_at_us) ||
		!member_time(timestamps, "decided", &row->decided_at_us) ||
		!member_time(timestamps, "signed", &row->signed_at_us) ||
		!member_time(predicate, "validUntil", &row->valid_until_us))
		return err_set(err, ERR_INVALID, "the signed statement lacks its times");
	return true;
}

/* Fills the row from what was signed. */
static bool read_row(struct passport_item *p, struct err *err)
{
	const struct json_object *predicate = statement_predicate(p->statement);
	const struct json_object *release = member_object(predicate, "release");
	const char *policy_sha256 = member_text(member_object(predicate, "policy"), "sha256");
	snprintf(p->policy_digest, sizeof(p->policy_digest), "sha256:%s", policy_sha256 != NULL ? policy_sha256 : "");
	struct store_passport row = {
		.evaluation_id = p->passport->evaluation_id,
		.workspace = p->passport->workspace,
		.request_digest = member_text(predicate, "requestDigest"),
		.verdict_digest = p->passport->verdict_digest,
		.passport_id = p->passport->passport_id,
		.service = member_text(release, "service"),
		.environment = member_text(release, "environment"),
		.namespace = member_text(release, "namespace"),
		.release_id = member_text(release, "releaseId"),
		.version = member_text(release, "version"),
		.source_sha = member_text(release, "sourceSha"),
		.artifact_digest = member_text(release, "artifact"),
		.decision = member_text(predicate, "decision"),
		.mode = member_text(predicate, "mode"),
		.policy_digest = p->policy_digest,
		.actor = member_text(member_object(predicate, "actor"), "subject"),
		.key_id = member_text(predicate, "keyId"),
		.envelope = (const char *)p->passport->envelope.data,
		.envelope_len = p->passport->envelope.len,
		.leaf_hash = p->leaf_hash,
	};
	if (!member_bool(predicate, "enforced", &row.enforced) || !member_int(predicate, "confidence", &row.confidence))
		return err_set(err, ERR_INVALID, "the signed statement lacks enforced or confidence");
	p->row = row;
	return read_times(&p->row, predicate, err);
}

static bool read_passport(struct passport_item *p, struct err *err)
{
	const char *envelope = (const char *)p->passport->envelope.data;
	const size_t len = p->passport->envelope.len;
	if (!passport_open(p->writer->keys, envelope, len, &p->statement, NULL, err) ||
		!check_record(p->passport, statement_predicate(p->statement), p->record, err) || !read_row(p, err) ||
		!decision_event_build(envelope, len, &p->event, err) ||
		!fact_rows(p->passport, statement_predicate(p->statement), &p->facts, err))
		return false;
	struct tlog_leaf leaf = {
		.kind = TLOG_PASSPORT,
		.id = p->row.passport_id,
		.evaluation_id = p->row.evaluation_id,
		.time_us = p->row.decided_at_us,
	};
	sha256(envelope, len, leaf.digest);
	if (!tlog_leaf_record(&leaf, &p->leaf, err))
		return false;
	tlog_leaf_hash(p->leaf.data, p->leaf.len, p->leaf_hash);
	p->row.event = p->event.data;
	p->row.event_len = p->event.len;
	p->row.leaf = p->leaf.data;
	p->row.leaf_len = p->leaf.len;
	p->row.facts_json = buf_str(&p->facts);
	return true;
}

/* --- recording --- */

static void on_row(const struct pg_result *row, void *arg)
{
	struct passport_item *p = arg;
	p->is_first = pg_bool(row, 0, 0);
	snprintf(p->standing_digest, sizeof(p->standing_digest), "%s", pg_text(row, 0, 1));
}

static void write_passport(struct batch_item *item, struct pg_work *work)
{
	store_add_passport(work, &item_of(item)->row, on_row, item);
}

/* Another verdict was recorded first: it stands. That there was a second one is an event of its own. */
static void record_contradiction(struct passport_item *p)
{
	owned(json) struct json_object *body = json_object_new_object();
	json_add_string(body, "evaluationId", p->row.evaluation_id);
	json_add_string(body, "recordedVerdict", p->standing_digest);
	json_add_string(body, "refusedVerdict", p->row.verdict_digest);
	json_add_string(body, "refusedPassport", p->row.passport_id);
	owned_buf struct buf text = { 0 };
	char event_id[256];
	struct err err;
	if (!json_canonical(body, &text, &err)) {
		bus_dead_letter(p->delivery, &err);
		return;
	}
	snprintf(event_id, sizeof(event_id), "contradiction/%s/%s", p->row.evaluation_id, p->row.verdict_digest);
	LOG_ERROR(&(struct log_ctx){ p->row.evaluation_id },
		"a second, different verdict was signed: the first one stands");
	event_record(p->writer, &(struct event_source){
					.event_id = event_id,
					.workspace = p->row.workspace,
					.kind = "verdict.contradiction",
					.actor = "audit-writer",
					.object_type = "evaluation",
					.object_id = p->row.evaluation_id,
					.body = buf_str(&text),
					.body_len = text.len,
					.happened_at_us = p->row.signed_at_us,
					.delivery = p->delivery,
				});
}

static void on_committed(struct batch_item *item)
{
	struct passport_item *p = item_of(item);
	const struct log_ctx ctx = { p->row.evaluation_id, p->record->traceparent };
	if (p->is_first) {
		metric_add(&recorded, p->row.decision, 1);
		LOG_INFO(&ctx, "decision recorded", LOG_STR("passport", p->row.passport_id),
			LOG_STR("decision", p->row.decision));
		announcements_add(p->writer->announcements, p->row.evaluation_id, p->record->key,
			p->record->traceparent, p->event.data, p->event.len, p->delivery);
	} else if (p->standing_digest[0] == '\0') {
		/* Somebody else writes it right now; once that is over, it is plain which verdict stands. */
		bus_retry(p->delivery, 100);
	} else if (strcmp(p->standing_digest, p->row.verdict_digest) == 0) {
		bus_done(p->delivery); /* recorded before; the sweep sees to its announcement */
	} else {
		record_contradiction(p);
	}
	drop(item);
}

static void on_refused(struct batch_item *item, const struct err *why)
{
	struct passport_item *p = item_of(item);
	log_err(LOG_LEVEL_ERROR, &(struct log_ctx){ p->row.evaluation_id }, "a passport can't be recorded", why);
	bus_dead_letter(p->delivery, why);
	drop(item);
}

void passport_record(struct audit_writer *writer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__Passport *passport)
{
	struct passport_item *p = mem_zalloc(1, sizeof(*p));
	p->item = (struct batch_item){ NULL, write_passport, on_committed, on_refused, drop };
	p->writer = writer;
	p->delivery = delivery;
	p->record = record;
	p->passport = passport;
	struct err err;
	metrics_register(&recorded);
	if (read_passport(p, &err)) {
		batch_add(writer->batch, &p->item);
		return;
	}
	log_err(LOG_LEVEL_ERROR, &(struct log_ctx){ passport->evaluation_id }, "a passport can't be believed", &err);
	bus_dead_letter(delivery, &err);
	drop(&p->item);
}
