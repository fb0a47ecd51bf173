/* Kafka for an operator: librdkafka directly, with blocking calls. The settings are those of the services. */
#ifndef RELEASEPASSPORT_KAFKA_H
#define RELEASEPASSPORT_KAFKA_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "args.h"
#include "base/err.h"
#include "base/own.h"

struct kafka_options {
	const char *brokers;
	int security_protocol;
	const char *sasl_mechanism;
	const char *username, *password;
	const char *ca_file, *certificate_file, *key_file;
	int64_t timeout_ms;
};

extern const struct arg_option kafka_options[];

OWNED_DEFINE(kafka, rd_kafka_t, rd_kafka_destroy);

/* A client of this type, with further settings (pairs, NULL at the end; NULL: none). ERR_CONFIG names the setting. */
bool kafka_create(const struct kafka_options *options, rd_kafka_type_t type, const char *const (*settings)[2],
	rd_kafka_t **kafka, struct err *err) MUST_CHECK;

/* A record to send; partition as in rd_kafka_producev. */
struct kafka_record {
	const char *topic;
	int32_t partition;
	const void *key; /* NULL: none */
	size_t key_len;
	const void *value; /* NULL: none */
	size_t len;
	const rd_kafka_headers_t *headers; /* NULL: none */
};

/* Sends one record by a producer of kafka_create and waits until all replicas have it. Kinds of kafka_fail. */
bool kafka_send(rd_kafka_t *producer, const struct kafka_options *options, const struct kafka_record *record,
	struct err *err) MUST_CHECK;

/* Asks the brokers for all topics; the caller's, rd_kafka_metadata_destroy. ERR_UNAVAILABLE. */
bool kafka_metadata(rd_kafka_t *kafka, const struct kafka_options *options, const struct rd_kafka_metadata **metadata,
	struct err *err) MUST_CHECK;
/* The topic of this name, NULL if the brokers have none. */
const struct rd_kafka_metadata_topic *kafka_topic(const struct rd_kafka_metadata *metadata, const char *name);

/* The error of librdkafka as one of ours. Returns false. */
bool kafka_fail(rd_kafka_resp_err_t code, const char *what, struct err *err);

#endif
