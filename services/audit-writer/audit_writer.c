#include "audit_writer.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "announcements.h"
#include "base/file.h"
#include "batch.h"
#include "event.h"
#include "gauges.h"
#include "json/json.h"
#include "latest_fact.h"
#include "operations.pb-c.h"
#include "outbox.h"
#include "passport_record.h"
#include "store.h"

#define KEYS_MAX_BYTES (256 * 1024)
#define CHANNEL_OUTBOX "rp_outbox"

static struct audit_writer *writer_of(void *svc)
{
	return svc_state(svc);
}

static void on_passport(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	passport_record(writer_of(context), delivery, record, (const Rp__V1__Passport *)message);
}

static void on_evidence_fact(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	latest_fact_keep(writer_of(context), delivery, record, (const Rp__V1__EvidenceFact *)message);
}

static struct json_object *failure_body(const Rp__V1__EvaluationFailure *failure)
{
	struct json_object *body = json_object_new_object();
	const ProtobufCEnumValue *cause =
		protobuf_c_enum_descriptor_get_value(&rp__v1__failure_cause__descriptor, (int)failure->cause);
	json_add_string(body, "evaluationId", failure->evaluation_id);
	json_add_string(body, "requestDigest", failure->request_digest);
	json_add_string(body, "service", failure->service);
	json_add_string(body, "environment", failure->environment);
	json_add_string(body, "cause", cause != NULL ? cause->name : "FAILURE_UNKNOWN");
	json_add_string(body, "detail", failure->detail);
	json_add_string(body, "failedBy", failure->failed_by);
	return body;
}

static void on_failure(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	const Rp__V1__EvaluationFailure *failure = (const Rp__V1__EvaluationFailure *)message;
	owned(json) struct json_object *body = failure_body(failure);
	owned_buf struct buf text = { 0 };
	char event_id[512];
	struct err err;
	if (!json_canonical(body, &text, &err)) {
		bus_dead_letter(delivery, &err);
		return;
	}
	/* The same evaluation may fail, be asked again and fail again: the time is part of the event's name. */
	snprintf(event_id, sizeof(event_id), "%.400s/%lld", record->ce_id, (long long)record->ce_time_us);
	const bool contradiction = failure->cause == RP__V1__FAILURE_CAUSE__FAILURE_CONTRADICTION;
	event_record(writer_of(context), &(struct event_source){
						 .event_id = event_id,
						 .workspace = failure->workspace,
						 .kind = contradiction ? "verdict.contradiction" : "evaluation.failed",
						 .actor = failure->failed_by,
						 .object_type = "evaluation",
						 .object_id = failure->evaluation_id,
						 .body = buf_str(&text),
						 .body_len = text.len,
						 .happened_at_us = failure->failed_at_us,
						 .delivery = delivery,
					 });
}

static void writer_notified(struct svc *svc, const char *channel, const char *payload)
{
	(void)payload;
	if (strcmp(channel, CHANNEL_OUTBOX) == 0)
		outbox_notified(writer_of(svc)->outbox);
}

static bool writer_start(struct svc *svc, struct err *err)
{
	const struct audit_conf *conf = svc_conf(svc);
	struct audit_writer *writer = mem_zalloc(1, sizeof(*writer));
	owned_buf struct buf text = { 0 };
	writer->svc = svc;
	svc_set_state(svc, writer);
	if (!file_read(conf->keys_file, KEYS_MAX_BYTES, &text, err) ||
		!keyset_parse(buf_str(&text), text.len, &writer->keys, err))
		return conf_blame(err, "AUDIT_KEYS_FILE");
	writer->batch = batch_create(svc, (size_t)conf->batch_max);
	writer->announcements = announcements_create(writer);
	writer->outbox = outbox_create(writer);
	writer->gauges = gauges_create(writer);
	return true;
}

static bool writer_is_idle(struct svc *svc)
{
	const struct audit_writer *writer = writer_of(svc);
	return batch_is_empty(writer->batch) && announcements_idle(writer->announcements) &&
	       outbox_idle(writer->outbox);
}

static void writer_stop(struct svc *svc)
{
	struct audit_writer *writer = writer_of(svc);
	if (writer == NULL)
		return;
	gauges_destroy(writer->gauges);
	outbox_destroy(writer->outbox);
	batch_destroy(writer->batch); /* its marks leave the announcements */
	announcements_destroy(writer->announcements);
	keyset_destroy(writer->keys);
	free(writer);
}

static const struct conf_key conf_keys[] = {
	{ "AUDIT_KEYS_FILE", NULL, "key set whose signatures passports may have, JSON or PEM", CONF_PATH,
		offsetof(struct audit_conf, keys_file) },
	{ "AUDIT_BATCH_MAX", "256", "items that are committed together at most", CONF_INT,
		offsetof(struct audit_conf, batch_max), 1, 1024 },
	{ 0 },
};

static const struct bus_handler handlers[] = {
	{ TOPIC_PASSPORTS, on_passport },
	{ TOPIC_EVIDENCE_FACTS, on_evidence_fact },
	{ TOPIC_EVALUATION_FAILURES, on_failure },
};

static const struct svc_store stores[] = {
	{ store_statements, STORE_STATEMENTS },
	{ 0 },
};

static const char *const channels[] = { CHANNEL_OUTBOX, NULL };

const struct svc_descriptor audit_writer_svc = {
	.id = SERVICE_AUDIT_WRITER,
	.summary = "records passports, facts and audit events, and announces decisions",
	.conf = conf_keys,
	.conf_size = sizeof(struct audit_conf),
	.handlers = handlers,
	.handler_count = ARRAY_SIZE(handlers),
	.mac_pairs = { MAC_AUDIT_SIGNER },
	.stores = stores,
	.channels = channels,
	.start = writer_start,
	.is_idle = writer_is_idle,
	.stop = writer_stop,
	.notified = writer_notified,
};
