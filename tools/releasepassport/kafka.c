#include "kafka.h"

#include <stdio.h>
#include <string.h>

static const char *const protocols[] = { "plaintext", "ssl", "sasl_plaintext", "sasl_ssl", NULL };

#define AT(member) offsetof(struct kafka_options, member)

const struct arg_option kafka_options[] = {
	{ "brokers", "HOSTS", "bootstrap brokers, host:port, separated by commas", ARG_TEXT, AT(brokers),
		.variables = "KAFKA_BROKERS", .mandatory = true },
	{ "kafka-security-protocol", "NAME", "plaintext, ssl, sasl_plaintext or sasl_ssl", ARG_ENUM,
		AT(security_protocol), .variables = "KAFKA_SECURITY_PROTOCOL", .default_value = "plaintext",
		.names = protocols },
	{ "kafka-sasl-mechanism", "NAME", "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN", ARG_TEXT, AT(sasl_mechanism),
		.variables = "KAFKA_SASL_MECHANISM" },
	{ "kafka-username", "NAME", "SASL user name", ARG_TEXT, AT(username), .variables = "KAFKA_USERNAME" },
	{ NULL, NULL, "SASL password", ARG_TEXT, AT(password), .variables = "KAFKA_PASSWORD" },
	{ "kafka-ca-file", "FILE", "certificates that the brokers' are checked against, PEM", ARG_TEXT, AT(ca_file),
		.variables = "KAFKA_CA_FILE" },
	{ "kafka-certificate-file", "FILE", "client certificate, PEM", ARG_TEXT, AT(certificate_file),
		.variables = "KAFKA_CERTIFICATE_FILE" },
	{ "kafka-key-file", "FILE", "client key, PEM", ARG_TEXT, AT(key_file), .variables = "KAFKA_KEY_FILE" },
	{ "kafka-timeout", "DURATION", "longest wait for the brokers", ARG_DURATION, AT(timeout_ms),
		.default_value = "30s", .min = 100, .max = 600000 },
	{ 0 },
};

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char text[256];
	if (value == NULL || rd_kafka_conf_set(conf, name, value, text, sizeof(text)) == RD_KAFKA_CONF_OK)
		return true;
	return err_set_at(err, ERR_CONFIG, name, "%s", text);
}

static bool set_all(
	rd_kafka_conf_t *conf, const struct kafka_options *options, const char *const (*settings)[2], struct err *err)
{
	const char *const pairs[][2] = {
		{ "bootstrap.servers", options->brokers },
		{ "client.id", "releasepassport.cli" },
		{ "allow.auto.create.topics", "false" },
		{ "log_level", "2" },
		{ "security.protocol", protocols[options->security_protocol] },
		{ "sasl.mechanism", options->sasl_mechanism },
		{ "sasl.username", options->username },
		{ "sasl.password", options->password },
		{ "ssl.ca.location", options->ca_file },
		{ "ssl.certificate.location", options->certificate_file },
		{ "ssl.key.location", options->key_file },
	};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (!set(conf, pairs[i][0], pairs[i][1], err))
			return false;
	for (size_t i = 0; settings != NULL && settings[i][0] != NULL; i++)
		if (!set(conf, settings[i][0], settings[i][1], err))
			return false;
	return true;
}

/* The outcome of kafka_send's record, which waits for it. */
static void on_delivered(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
	rd_kafka_resp_err_t *outcome = message->_private;
	(void)kafka, (void)opaque;
	*outcome = message->err;
}

bool kafka_create(const struct kafka_options *options, rd_kafka_type_t type, const char *const (*settings)[2],
	rd_kafka_t **out, struct err *err)
{
	char text[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	if (!set_all(conf, options, settings, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	rd_kafka_conf_set_dr_msg_cb(conf, type == RD_KAFKA_PRODUCER ? on_delivered : NULL);
	rd_kafka_t *kafka = rd_kafka_new(type, conf, text, sizeof(text));
	if (kafka == NULL) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_CONFIG, "Kafka: %s", text);
	}
	*out = kafka;
	return true;
}

bool kafka_send(
	rd_kafka_t *producer, const struct kafka_options *options, const struct kafka_record *record, struct err *err)
{
	rd_kafka_resp_err_t outcome = RD_KAFKA_RESP_ERR__TIMED_OUT;
	rd_kafka_headers_t *headers =
		record->headers != NULL ? rd_kafka_headers_copy(record->headers) : rd_kafka_headers_new(1);
	const rd_kafka_vu_t parts[] = {
		{ .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = record->topic },
		{ .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = record->partition },
		{ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)record->key, record->key_len } },
		{ .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)record->value, record->len } },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
		{ .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
		{ .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = &outcome },
	};
	rd_kafka_error_t *error = rd_kafka_produceva(producer, parts, ARRAY_SIZE(parts));
	if (error != NULL) {
		rd_kafka_headers_destroy(headers);
		kafka_fail(rd_kafka_error_code(error), record->topic, err);
		rd_kafka_error_destroy(error);
		return false;
	}
	if (rd_kafka_flush(producer, (int)options->timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
		/* Its outcome must be told before the place that it is told to is gone. */
		rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		rd_kafka_flush(producer, (int)options->timeout_ms);
	}
	return outcome == RD_KAFKA_RESP_ERR_NO_ERROR || kafka_fail(outcome, record->topic, err);
}

bool kafka_metadata(rd_kafka_t *kafka, const struct kafka_options *options, const struct rd_kafka_metadata **metadata,
	struct err *err)
{
	const rd_kafka_resp_err_t code = rd_kafka_metadata(kafka, 1, NULL, metadata, (int)options->timeout_ms);
	if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
		return true;
	return kafka_fail(code, options->brokers, err);
}

const struct rd_kafka_metadata_topic *kafka_topic(const struct rd_kafka_metadata *metadata, const char *name)
{
	for (int i = 0; i < metadata->topic_cnt; i++)
		if (strcmp(metadata->topics[i].topic, name) == 0 &&
			metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
			return &metadata->topics[i];
	return NULL;
}

static enum err_kind kind_of(rd_kafka_resp_err_t code)
{
	if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
		code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
		code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
		return ERR_FORBIDDEN;
	if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED)
		return ERR_UNAUTHENTICATED;
	if (code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR || code == RD_KAFKA_RESP_ERR_INVALID_CONFIG ||
		code == RD_KAFKA_RESP_ERR_POLICY_VIOLATION || code == RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
		return ERR_UNPROCESSABLE;
	if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
		code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
		return ERR_NOT_FOUND;
	return ERR_UNAVAILABLE;
}

bool kafka_fail(rd_kafka_resp_err_t code, const char *what, struct err *err)
{
	return err_set_at(err, kind_of(code), what, "Kafka: %s", rd_kafka_err2str(code));
}
