#include "gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "binding_store.h"
#include "call.h"
#include "due.h"
#include "due_store.h"
#include "evaluate.h"
#include "evidence_store.h"
#include "failures.h"
#include "gate_store.h"
#include "http/server.h"
#include "integrations.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "operations.pb-c.h"
#include "passport_store.h"
#include "policy_store.h"
#include "session.h"
#include "token_store.h"
#include "waiters.h"

#define KEYS_MAX_BYTES (256 * 1024)
/* What Kafka has not acknowledged by then is answered with 503; the same key may be used again. */
#define PRODUCE_TIMEOUT_MS 5000

#define CHANNEL_TOKEN "rp_token"

static struct metric key_expires = {
	.name = "rp_key_expires_timestamp_seconds",
	.help = "When a key of the key set ends, by key id; keys without an end are not here.",
	.type = METRIC_GAUGE,
	.label = "key",
};

static struct gateway *gateway_of(void *svc)
{
	return svc_state(svc);
}

/* --- what other processes tell --- */

/* The id behind the prefix of a ce_id; NULL if it is another one. */
static const char *id_behind(const char *ce_id, const char *prefix)
{
	const size_t len = strlen(prefix);
	return strncmp(ce_id, prefix, len) == 0 ? ce_id + len : NULL;
}

static void on_decision(const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	(void)message;
	struct gateway *gateway = gateway_of(context);
	const char *evaluation_id = id_behind(record->ce_id, "decision/");
	if (evaluation_id == NULL)
		return;
	failures_forget(gateway->failures, evaluation_id);
	waiters_decided(gateway->waiters, evaluation_id, record->body, record->len);
}

static void on_failure(const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	(void)record;
	struct gateway *gateway = gateway_of(context);
	const Rp__V1__EvaluationFailure *failure = (const Rp__V1__EvaluationFailure *)message;
	/* A second verdict was refused: the first one stands, and its decision comes. */
	if (failure->cause == RP__V1__FAILURE_CAUSE__FAILURE_CONTRADICTION)
		return;
	struct err err;
	err_set(&err, ERR_EVALUATION_FAILED, "%s", failure->detail);
	failures_add(gateway->failures, failure->evaluation_id, failure->workspace, failure->detail, clock_now_us());
	waiters_failed(gateway->waiters, failure->evaluation_id, &err);
}

static void on_connector_status(const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	(void)record;
	integrations_on_status(gateway_of(context)->integrations, (const Rp__V1__ConnectorStatus *)message);
}

static void gateway_notified(struct svc *svc, const char *channel, const char *payload)
{
	if (strcmp(channel, CHANNEL_TOKEN) == 0)
		sessions_drop(gateway_of(svc)->sessions, payload);
}

static void gateway_pg_connected(struct svc *svc, bool connected)
{
	/* What changed while nobody listened is not known. */
	if (connected)
		sessions_drop(gateway_of(svc)->sessions, "");
}

/* --- life --- */

static bool load_keys(struct gateway *gateway, struct err *err)
{
	owned_buf struct buf text = { 0 };
	if (!file_read(gateway->conf->keys_file, KEYS_MAX_BYTES, &text, err) ||
		!keyset_parse(buf_str(&text), text.len, &gateway->keys, err))
		return conf_blame(err, "GATEWAY_KEYS_FILE");
	for (size_t i = 0; i < gateway->keys->count; i++) {
		const struct keyset_key *key = &gateway->keys->keys[i];
		if (key->not_after_us != 0)
			metric_set(&key_expires, verify_key_id(key->key), (double)key->not_after_us / 1e6);
	}
	return true;
}

static bool listen_http(struct gateway *gateway, struct err *err)
{
	const struct gateway_conf *conf = gateway->conf;
	const struct http_server_conf server = {
		.listen = conf->listen,
		.tls_certificate = conf->tls_certificate_file,
		.tls_key = conf->tls_key_file,
		.connections_max = (size_t)conf->connections_max,
		.log_requests = true,
	};
	gateway->server = http_server_create(svc_base(gateway->svc), &server, call_dispatch, gateway, err);
	if (gateway->server == NULL) {
		static const struct {
			const char *where, *key;
		} keys[] = {
			{ "listen", "GATEWAY_LISTEN" },
			{ "tls_certificate", "GATEWAY_TLS_CERTIFICATE_FILE" },
			{ "tls_key", "GATEWAY_TLS_KEY_FILE" },
		};
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strcmp(err->where, keys[i].where) == 0)
				snprintf(err->where, sizeof(err->where), "%s", keys[i].key);
		return false;
	}
	LOG_INFO(NULL, "listening", LOG_INT("port", http_server_port(gateway->server)),
		LOG_BOOL("tls", conf->tls_certificate_file != NULL));
	return true;
}

static bool gateway_start(struct svc *svc, struct err *err)
{
	struct gateway *gateway = mem_zalloc(1, sizeof(*gateway));
	gateway->svc = svc;
	gateway->conf = svc_conf(svc);
	svc_set_state(svc, gateway);
	gateway->sessions = sessions_create(svc);
	gateway->waiters = waiters_create(gateway);
	gateway->failures = failures_create();
	gateway->integrations = integrations_create();
	gateway->due = due_create(gateway);
	return load_keys(gateway, err) && listen_http(gateway, err);
}

static void gateway_drain(struct svc *svc)
{
	http_server_drain(gateway_of(svc)->server);
}

static bool gateway_is_idle(struct svc *svc)
{
	return http_server_is_idle(gateway_of(svc)->server);
}

static void gateway_stop(struct svc *svc)
{
	struct gateway *gateway = gateway_of(svc);
	if (gateway == NULL)
		return;
	due_destroy(gateway->due);
	waiters_destroy(gateway->waiters);
	evaluate_stop(gateway);
	if (gateway->server != NULL)
		http_server_destroy(gateway->server);
	integrations_destroy(gateway->integrations);
	failures_destroy(gateway->failures);
	sessions_destroy(gateway->sessions);
	keyset_destroy(gateway->keys);
	free(gateway);
}

#define AT(member) offsetof(struct gateway_conf, member)

static const struct conf_key conf_keys[] = {
	{ "GATEWAY_LISTEN", "127.0.0.1:8080", "address of the interface", CONF_ADDRESS, AT(listen) },
	{ "GATEWAY_TLS_CERTIFICATE_FILE", "", "certificate and chain, PEM; without it the interface is plain HTTP",
		CONF_PATH, AT(tls_certificate_file) },
	{ "GATEWAY_TLS_KEY_FILE", "", "private key of the certificate, PEM", CONF_PATH, AT(tls_key_file) },
	{ "GATEWAY_KEYS_FILE", NULL, "key set whose signatures passports may have, JSON or PEM", CONF_PATH,
		AT(keys_file) },
	{ "GATEWAY_WAIT", "30s", "how long a call waits for its decision if it does not say", CONF_DURATION,
		AT(wait_default_ms), 0, 300000 },
	{ "GATEWAY_WAIT_MAX", "60s", "how long a call may wait at most", CONF_DURATION, AT(wait_max_ms), 0, 300000 },
	{ "GATEWAY_CONNECTIONS_MAX", "20000", "connections at once; more wait to be accepted", CONF_INT,
		AT(connections_max), 1, 1000000 },
	{ 0 },
};

static const struct svc_tail tails[] = {
	{ TOPIC_DECISIONS, false, on_decision },
	{ TOPIC_EVALUATION_FAILURES, false, on_failure },
	{ TOPIC_CONNECTOR_STATUS, true, on_connector_status },
};

static const struct svc_store stores[] = {
	{ gate_store_statements, GATE_STORE_STATEMENTS },
	{ due_store_statements, DUE_STORE_STATEMENTS },
	{ token_store_statements, TOKEN_STORE_STATEMENTS },
	{ evidence_store_statements, EVIDENCE_STORE_STATEMENTS },
	{ policy_store_statements, POLICY_STORE_STATEMENTS },
	{ binding_store_statements, BINDING_STORE_STATEMENTS },
	{ passport_store_statements, PASSPORT_STORE_STATEMENTS },
	{ 0 },
};

static const char *const channels[] = { CHANNEL_TOKEN, NULL };

const struct svc_descriptor gateway_svc = {
	.id = SERVICE_API_GATEWAY,
	.summary = "the HTTP interface: CI asks here, people and auditors read here",
	.conf = conf_keys,
	.conf_size = sizeof(struct gateway_conf),
	.tails = tails,
	.tail_count = ARRAY_SIZE(tails),
	.produce_timeout_ms = PRODUCE_TIMEOUT_MS,
	.mac_pairs = { MAC_GATEWAY_EVALUATOR },
	.stores = stores,
	.channels = channels,
	.start = gateway_start,
	.drain = gateway_drain,
	.is_idle = gateway_is_idle,
	.stop = gateway_stop,
	.pg_connected = gateway_pg_connected,
	.notified = gateway_notified,
};
