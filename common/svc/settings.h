/* The settings that every service shares, apart from its own table: Kafka, PostgreSQL, health, log, drain. */
#ifndef SVC_SETTINGS_H
#define SVC_SETTINGS_H

#include <stdbool.h>

#include "base/buf.h"
#include "bus/bus.h"
#include "conf/conf.h"
#include "svc/svc.h"

struct svc_settings {
	struct conf_address health_listen;
	int log_level;
	int log_format;
	int64_t drain_timeout_ms;

	const char *kafka_brokers;
	int kafka_security_protocol;
	const char *kafka_sasl_mechanism;
	const char *kafka_username;
	const char *kafka_password;
	const char *kafka_ca_file;
	const char *kafka_certificate_file;
	const char *kafka_key_file;
	const char *kafka_group_instance_id;

	const char *database_url;
	int64_t database_connections;
	int64_t database_statement_timeout_ms;

	const char *mac_keys[MAC_PAIR_COUNT];
};

/* Reads what the descriptor needs from the environment. ERR_CONFIG names the key. */
bool svc_settings_read(
	const struct svc_descriptor *descriptor, struct svc_settings *settings, struct err *err) MUST_CHECK;
void svc_settings_finish(const struct svc_descriptor *descriptor, struct svc_settings *settings);

/* The bus's configuration; texts are borrowed from settings. ERR_CONFIG names the key. */
bool svc_settings_bus(const struct svc_descriptor *descriptor, const struct svc_settings *settings,
	struct bus_conf *conf, struct err *err) MUST_CHECK;

/* Appends the reference of the descriptor's own and the shared settings. */
void svc_settings_describe(const struct svc_descriptor *descriptor, bool markdown, struct buf *out);

#endif
