#include "svc/settings.h"

#include <string.h>

#include "log/log.h"

static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };
static const char *const log_formats[] = { "logfmt", "json", NULL };
static const char *const security_protocols[] = { "plaintext", "ssl", "sasl_plaintext", "sasl_ssl", NULL };

#define AT(member) offsetof(struct svc_settings, member)

static const struct conf_key process_keys[] = {
	{ "HEALTH_LISTEN", "127.0.0.1:0", "address of /healthz, /readyz and /metrics; port 0 takes any free one",
		CONF_ADDRESS, AT(health_listen) },
	{ "LOG_LEVEL", "info", "least severe level that is logged", CONF_ENUM, AT(log_level), .names = log_levels },
	{ "LOG_FORMAT", "logfmt", "form of a log line", CONF_ENUM, AT(log_format), .names = log_formats },
	{ "DRAIN_TIMEOUT", "20s", "how long work in flight may take after SIGTERM", CONF_DURATION, AT(drain_timeout_ms),
		0, 600000 },
	{ 0 },
};

static const struct conf_key kafka_keys[] = {
	{ "KAFKA_BROKERS", NULL, "bootstrap brokers, host:port, separated by commas", CONF_STRING, AT(kafka_brokers) },
	{ "KAFKA_SECURITY_PROTOCOL", "plaintext", "how brokers are spoken to", CONF_ENUM, AT(kafka_security_protocol),
		.names = security_protocols },
	{ "KAFKA_SASL_MECHANISM", "", "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN, with a sasl protocol", CONF_STRING,
		AT(kafka_sasl_mechanism) },
	{ "KAFKA_USERNAME", "", "SASL user name", CONF_STRING, AT(kafka_username) },
	{ "KAFKA_PASSWORD", "", "SASL password", CONF_SECRET, AT(kafka_password) },
	{ "KAFKA_CA_FILE", "", "certificates that the brokers' are checked against, PEM", CONF_PATH,
		AT(kafka_ca_file) },
	{ "KAFKA_CERTIFICATE_FILE", "", "client certificate, PEM", CONF_PATH, AT(kafka_certificate_file) },
	{ "KAFKA_KEY_FILE", "", "client key, PEM", CONF_PATH, AT(kafka_key_file) },
	{ "KAFKA_GROUP_INSTANCE_ID", "", "static membership: a name unique among the replicas", CONF_STRING,
		AT(kafka_group_instance_id) },
	{ 0 },
};

static const struct conf_key database_keys[] = {
	{ "DATABASE_URL", NULL, "PostgreSQL connection, URL or libpq keywords, as this service's role", CONF_SECRET,
		AT(database_url) },
	{ "DATABASE_CONNECTIONS", "2", "connections to PostgreSQL", CONF_INT, AT(database_connections), 1, 16 },
	{ "DATABASE_STATEMENT_TIMEOUT", "5s", "longest statement", CONF_DURATION, AT(database_statement_timeout_ms),
		100, 60000 },
	{ 0 },
};

#define MAC_KEY(pair, who)                                                                                      \
	[MAC_##pair] = { { "MAC_KEY_" #pair, NULL,                                                              \
				 "secret shared by " who                                                        \
				 ", 64 hex digits; a second one behind white space is accepted too (rotation)", \
				 CONF_SECRET, AT(mac_keys[MAC_##pair]) },                                       \
		{ 0 } }

static const struct conf_key mac_keys[MAC_PAIR_COUNT][2] = {
	MAC_KEY(GATEWAY_EVALUATOR, "api-gateway and evaluator"),
	MAC_KEY(WORKER_EVALUATOR, "connector-worker and evaluator"),
	MAC_KEY(EVALUATOR_SIGNER, "evaluator and signer"),
	MAC_KEY(AUDIT_SIGNER, "audit-writer and signer"),
};

/* A shared table under the heading that it has in the reference. */
struct section {
	const char *title;
	const struct conf_key *keys; /* NULL ends the list */
};

/* The shared tables that apply to a descriptor. */
struct sections {
	struct section list[3 + MAC_PAIR_COUNT + 1];
};

static struct sections sections_of(const struct svc_descriptor *descriptor)
{
	struct sections sections = { 0 };
	size_t n = 0;
	sections.list[n++] = (struct section){ "Process", process_keys };
	sections.list[n++] = (struct section){ "Kafka", kafka_keys };
	if (descriptor->stores != NULL)
		sections.list[n++] = (struct section){ "PostgreSQL", database_keys };
	for (size_t i = 0; i < MAC_PAIR_COUNT && descriptor->mac_pairs[i] != MAC_NONE; i++)
		sections.list[n++] = (struct section){ i == 0 ? "Secrets shared with other services" : NULL,
			mac_keys[descriptor->mac_pairs[i]] };
	return sections;
}

bool svc_settings_read(const struct svc_descriptor *descriptor, struct svc_settings *settings, struct err *err)
{
	const struct sections sections = sections_of(descriptor);
	for (const struct section *section = sections.list; section->keys != NULL; section++)
		if (!conf_read(section->keys, conf_environment, NULL, settings, err))
			return false;
	return true;
}

void svc_settings_finish(const struct svc_descriptor *descriptor, struct svc_settings *settings)
{
	const struct sections sections = sections_of(descriptor);
	for (const struct section *section = sections.list; section->keys != NULL; section++)
		conf_finish(section->keys, settings);
}

bool svc_settings_bus(const struct svc_descriptor *descriptor, const struct svc_settings *settings,
	struct bus_conf *conf, struct err *err)
{
	struct bus_conf result = {
		.service = descriptor->id,
		.brokers = settings->kafka_brokers,
		.group_instance_id = settings->kafka_group_instance_id,
		.security_protocol = security_protocols[settings->kafka_security_protocol],
		.sasl_mechanism = settings->kafka_sasl_mechanism,
		.sasl_username = settings->kafka_username,
		.sasl_password = settings->kafka_password,
		.ca_file = settings->kafka_ca_file,
		.certificate_file = settings->kafka_certificate_file,
		.key_file = settings->kafka_key_file,
		.produce_timeout_ms = descriptor->produce_timeout_ms,
	};
	for (size_t i = 0; i < MAC_PAIR_COUNT && descriptor->mac_pairs[i] != MAC_NONE; i++) {
		enum mac_pair pair = descriptor->mac_pairs[i];
		if (!mac_keys_parse(settings->mac_keys[pair], &result.mac_keys[pair], err)) {
			if (err != NULL)
				err_set_at(err, ERR_CONFIG, mac_keys[pair][0].name,
					"not one or two keys of 64 hex digits");
			return false;
		}
	}
	*conf = result;
	explicit_bzero(result.mac_keys, sizeof(result.mac_keys));
	return true;
}

void svc_settings_describe(const struct svc_descriptor *descriptor, bool markdown, struct buf *out)
{
	if (descriptor->conf != NULL)
		conf_describe(descriptor->conf, markdown, out);
	const struct sections sections = sections_of(descriptor);
	for (const struct section *section = sections.list; section->keys != NULL; section++) {
		if (section->title != NULL)
			buf_printf(out, markdown ? "\n### %s\n\n" : "\n%s:\n\n", section->title);
		else
			buf_append_char(out, '\n');
		conf_describe(section->keys, markdown, out);
	}
}
