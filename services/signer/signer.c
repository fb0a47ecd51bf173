#include "signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/id.h"
#include "verdict_check.h"
#include "crypto/key.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "operations.pb-c.h"
#include "partition.h"
#include "passport/dsse.h"
#include "passport/statement.h"
#include "policy/names.h"
#include "svc/emit.h"
#include "verdict.pb-c.h"

#define KEY_MAX_BYTES 65536

struct signer_conf {
	const char *key_file;
	int64_t validity_ms;
};

struct signer {
	struct svc *svc;
	struct signing_key *key;
	struct verify_key *public_key;
	struct partitions *partitions;
};

static struct metric passports_signed = {
	.name = "rp_passports_signed_total",
	.help = "Passports signed, by decision.",
	.type = METRIC_COUNTER,
	.label = "decision",
};
static struct metric verdicts_refused = {
	.name = "rp_verdicts_refused_total",
	.help = "Verdicts that were not signed, by cause.",
	.type = METRIC_COUNTER,
	.label = "cause",
};

/* The verdict is not signed: an evaluation-failures record says why, then the verdict counts as handled. */
static void refuse(struct signer *signer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__Verdict *v, Rp__V1__FailureCause cause, const char *detail)
{
	static const char *const words[] = {
		[RP__V1__FAILURE_CAUSE__FAILURE_REFUSED] = "refused",
		[RP__V1__FAILURE_CAUSE__FAILURE_CONTRADICTION] = "contradiction",
	};
	metric_add(&verdicts_refused, words[cause], 1);
	const bool has_release = v->release != NULL;
	svc_fail_evaluation(signer->svc,
		&(struct svc_failure){
			.evaluation_id = v->evaluation_id,
			.request_digest = v->request_digest,
			.workspace = v->workspace,
			.service = has_release ? v->release->service : "",
			.environment = has_release ? v->release->environment : "",
			.traceparent = record->traceparent,
			.cause = (int)cause,
			.detail = detail,
		},
		svc_emit_ends_delivery, delivery);
}

/* Builds and signs the statement of a checked verdict; envelope gets the DSSE envelope's bytes. */
static bool sign(
	const struct signer *signer, const Rp__V1__Verdict *v, const char *id, struct buf *envelope, struct err *err)
{
	const struct signer_conf *conf = svc_conf(signer->svc);
	const int64_t now = clock_now_us();
	const struct statement_signing signing = {
		.passport_id = id,
		.key_id = verify_key_id(signer->public_key),
		.signed_at_us = now,
		.valid_until_us = v->decided_at_us + conf->validity_ms * CLOCK_US_PER_MS,
	};
	owned_buf struct buf statement = { 0 };
	return statement_build(v, &signing, &statement, err) &&
	       dsse_sign(signer->key, STATEMENT_PAYLOAD_TYPE, statement.data, statement.len, envelope, err);
}

static bool emit_passport(struct signer *signer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__Verdict *v, const char *verdict_digest, struct err *err)
{
	char id[ID_SIZE];
	owned_buf struct buf envelope = { 0 };
	passport_id(v->evaluation_id, v->decided_at_us, id);
	if (!sign(signer, v, id, &envelope, err))
		return false;
	Rp__V1__Passport passport = RP__V1__PASSPORT__INIT;
	passport.min_reader = RECORD_READER_VERSION;
	passport.evaluation_id = v->evaluation_id;
	passport.verdict_digest = (char *)verdict_digest;
	passport.passport_id = id;
	passport.workspace = v->workspace;
	passport.decided_at_us = v->decided_at_us;
	passport.envelope = (ProtobufCBinaryData){ envelope.len, (uint8_t *)envelope.data };
	passport.n_facts = v->n_facts;
	passport.facts = v->facts;
	char ce_id[128];
	snprintf(ce_id, sizeof(ce_id), "passport/%.100s", v->evaluation_id);
	/* The passport goes to the partition of the verdict's number, where a later owner reads it back. */
	return svc_emit(signer->svc,
		&(struct bus_message){ TOPIC_PASSPORTS, record->key, record->partition, ce_id, v->decided_at_us,
			record->traceparent, &passport.base },
		svc_emit_ends_delivery, delivery, err);
}

static void on_verdict(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	struct signer *signer = svc_state(context);
	const Rp__V1__Verdict *v = (const Rp__V1__Verdict *)message;
	const struct log_ctx ctx = { v->evaluation_id, record->traceparent };
	struct err err = { 0 };
	if (!check_verdict(v, record->key, clock_now_us(), &err)) {
		refuse(signer, delivery, record, v, RP__V1__FAILURE_CAUSE__FAILURE_REFUSED, err.text);
		return;
	}
	uint8_t digest[SHA256_SIZE];
	char digest_hex[SHA256_HEX_SIZE];
	sha256(record->body, record->len, digest);
	hex_encode(digest, sizeof(digest), digest_hex);
	struct ledger *ledger = partitions_ledger(signer->partitions, record->partition);
	switch (ledger_ask(ledger, v->evaluation_id, digest)) {
	case LEDGER_REPEATED:
		/* Its passport is on the topic already, or on its way in this very process: nothing is left to do. */
		LOG_INFO(&ctx, "the verdict was signed before");
		bus_done(delivery);
		break;
	case LEDGER_CONTRADICTION:
		refuse(signer, delivery, record, v, RP__V1__FAILURE_CAUSE__FAILURE_CONTRADICTION,
			"a different verdict of this evaluation was signed before");
		break;
	case LEDGER_NEW:
		if (!emit_passport(signer, delivery, record, v, digest_hex, &err)) {
			refuse(signer, delivery, record, v, RP__V1__FAILURE_CAUSE__FAILURE_REFUSED, err.text);
			break;
		}
		ledger_record(ledger, v->evaluation_id, digest, v->decided_at_us);
		metric_add(&passports_signed, decision_name(v->decision), 1);
		LOG_INFO(&ctx, "passport signed", LOG_STR("decision", decision_name(v->decision)));
		break;
	}
}

static bool load_key(struct signer *signer, const char *path, struct err *err)
{
	__attribute__((cleanup(buf_wipe))) struct buf pem = { 0 };
	if (!file_read(path, KEY_MAX_BYTES, &pem, err) || !signing_key_parse(buf_str(&pem), pem.len, &signer->key, err))
		return conf_blame(err, "SIGNER_KEY_FILE");
	signer->public_key = signing_key_public(signer->key);
	return true;
}

static bool signer_start(struct svc *svc, struct err *err)
{
	struct signer *signer = mem_zalloc(1, sizeof(*signer));
	const struct signer_conf *conf = svc_conf(svc);
	signer->svc = svc;
	svc_set_state(svc, signer);
	metrics_register(&passports_signed);
	metrics_register(&verdicts_refused);
	if (!load_key(signer, conf->key_file, err))
		return false;
	signer->partitions = partitions_create(svc);
	LOG_INFO(NULL, "the signing key is loaded", LOG_STR("key_id", verify_key_id(signer->public_key)),
		LOG_STR("algorithm", key_algorithm_name(verify_key_algorithm(signer->public_key))));
	return true;
}

static void signer_stop(struct svc *svc)
{
	struct signer *signer = svc_state(svc);
	if (signer == NULL)
		return;
	partitions_destroy(signer->partitions);
	verify_key_destroy(signer->public_key);
	signing_key_destroy(signer->key);
	free(signer);
}

static void signer_assigned(struct svc *svc, enum topic topic, int32_t partition)
{
	if (topic == TOPIC_VERDICTS)
		partitions_assigned(((struct signer *)svc_state(svc))->partitions, partition);
}

static void signer_revoked(struct svc *svc, enum topic topic, int32_t partition)
{
	if (topic == TOPIC_VERDICTS)
		partitions_revoked(((struct signer *)svc_state(svc))->partitions, partition);
}

static bool signer_is_ready(struct svc *svc, const char **reason)
{
	const struct signer *signer = svc_state(svc);
	if (partitions_ready(signer->partitions))
		return true;
	*reason = "reading back what was signed";
	return false;
}

static const struct conf_key conf_keys[] = {
	{ "SIGNER_KEY_FILE", NULL, "private key, PEM: ECDSA P-256 or Ed25519", CONF_PATH,
		offsetof(struct signer_conf, key_file) },
	{ "SIGNER_VALIDITY", "24h", "how long a passport is valid after its decision", CONF_DURATION,
		offsetof(struct signer_conf, validity_ms), 60000, INT64_C(365) * 86400000 },
	{ 0 },
};

static const struct bus_handler handlers[] = {
	{ TOPIC_VERDICTS, on_verdict },
};

const struct svc_descriptor signer_svc = {
	.id = SERVICE_SIGNER,
	.summary = "signs verdicts as passports; the only process with the private key",
	.conf = conf_keys,
	.conf_size = sizeof(struct signer_conf),
	.handlers = handlers,
	.handler_count = ARRAY_SIZE(handlers),
	.mac_pairs = { MAC_EVALUATOR_SIGNER },
	.start = signer_start,
	.stop = signer_stop,
	.assigned = signer_assigned,
	.revoked = signer_revoked,
	.is_ready = signer_is_ready,
};
