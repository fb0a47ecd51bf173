#include "bus/client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bus/state.h"
#include "bus/statistics.h"
#include "log/log.h"

/* serve is called at least this often: timers of ours and librdkafka's need no wake-up of their own. */
#define IDLE_SERVE_US 200000

bool client_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char text[256];
	if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) == RD_KAFKA_CONF_OK)
		return true;
	return err_set_at(err, ERR_CONFIG, name, "%s", text);
}

static bool set_if_given(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	return value == NULL || value[0] == '\0' || client_conf_set(conf, name, value, err);
}

static bool set_security(rd_kafka_conf_t *conf, const struct bus_conf *from, struct err *err)
{
	return set_if_given(conf, "security.protocol", from->security_protocol, err) &&
	       set_if_given(conf, "sasl.mechanism", from->sasl_mechanism, err) &&
	       set_if_given(conf, "sasl.username", from->sasl_username, err) &&
	       set_if_given(conf, "sasl.password", from->sasl_password, err) &&
	       set_if_given(conf, "ssl.ca.location", from->ca_file, err) &&
	       set_if_given(conf, "ssl.certificate.location", from->certificate_file, err) &&
	       set_if_given(conf, "ssl.key.location", from->key_file, err);
}

static void note_connected(struct client *client, bool connected)
{
	if (connected == client->connected)
		return;
	client->connected = connected;
	const char *reason = client->last_error[0] != '\0' ? client->last_error : "no broker answers";
	if (connected && client->was_connected)
		LOG_INFO(NULL, "Kafka is back", LOG_STR("client", client->role));
	else if (connected)
		LOG_INFO(NULL, "Kafka is reachable", LOG_STR("client", client->role));
	else
		LOG_WARN(NULL, "Kafka is away", LOG_STR("client", client->role), LOG_STR("reason", reason));
	client->was_connected |= connected;
	if (connected)
		client->last_error[0] = '\0';
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	struct client *client = opaque;
	(void)rk;
	if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
		note_connected(client, false);
		return;
	}
	snprintf(client->last_error, sizeof(client->last_error), "%s", reason);
	if (code == RD_KAFKA_RESP_ERR__FATAL) {
		client->fatal = true;
		LOG_ERROR(NULL, "a Kafka client has failed for good", LOG_STR("client", client->role),
			LOG_STR("reason", reason));
		return;
	}
	LOG_DEBUG(NULL, "Kafka client error", LOG_STR("client", client->role),
		LOG_STR("code", rd_kafka_err2name((rd_kafka_resp_err_t)code)), LOG_STR("reason", reason));
}

/* What matters of librdkafka's own log is logged here as a change of state; the lines themselves are for debugging. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	const struct client *client = rd_kafka_opaque(rk);
	LOG_DEBUG(NULL, "librdkafka", LOG_STR("client", client->role), LOG_INT("severity", level),
		LOG_STR("facility", facility), LOG_STR("text", text));
}

static int on_statistics(rd_kafka_t *rk, char *json, size_t len, void *opaque)
{
	struct client *client = opaque;
	(void)rk;
	bool connected = client->connected;
	if (statistics_read(json, len, client, &connected))
		note_connected(client, connected);
	return 0; /* librdkafka frees json */
}

bool client_conf(struct client *client, rd_kafka_conf_t **conf, struct err *err)
{
	static const char *const common[][2] = {
		{ "socket.nagle.disable", "true" },
		{ "socket.keepalive.enable", "true" },
		{ "allow.auto.create.topics", "false" },
		{ "topic.metadata.refresh.interval.ms", "10000" },
		{ "reconnect.backoff.ms", "100" },
		{ "reconnect.backoff.max.ms", "2000" },
		{ "statistics.interval.ms", "500" },
		{ "log.queue", "true" },
	};
	const struct bus_conf *from = &client->bus->conf;
	char client_id[64];
	snprintf(client_id, sizeof(client_id), "releasepassport.%s", service_name(from->service));
	rd_kafka_conf_t *made = rd_kafka_conf_new();
	bool ok = client_conf_set(made, "client.id", client_id, err) &&
		  client_conf_set(made, "bootstrap.servers", from->brokers, err) && set_security(made, from, err);
	for (size_t i = 0; ok && i < ARRAY_SIZE(common); i++)
		ok = client_conf_set(made, common[i][0], common[i][1], err);
	if (!ok) {
		rd_kafka_conf_destroy(made);
		return false;
	}
	rd_kafka_conf_set_opaque(made, client);
	rd_kafka_conf_set_error_cb(made, on_error);
	rd_kafka_conf_set_stats_cb(made, on_statistics);
	rd_kafka_conf_set_log_cb(made, on_log);
	*conf = made;
	return true;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	uint64_t count;
	(void)what;
	if (fd >= 0) {
		ssize_t got = read(fd, &count, sizeof(count)); /* nothing to read after a timeout */
		(void)got;
	}
	client->serve(client);
	bus_changed(client->bus);
}

bool client_start(
	struct client *client, rd_kafka_type_t type, rd_kafka_conf_t *conf, client_serve_fn *serve, struct err *err)
{
	char text[256];
	rd_kafka_t *rk = rd_kafka_new(type, conf, text, sizeof(text));
	if (rk == NULL) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_CONFIG, "%s", text);
	}
	client->rk = rk;
	client->serve = serve;
	client->fatal = client->has_producer_id = false;
	memset(client->partitions, 0, sizeof(client->partitions));
	rd_kafka_set_log_queue(rk, NULL);
	client->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (client->wake_fd < 0)
		return err_set(err, ERR_INTERNAL, "eventfd: %s", strerror(errno));
	client->wake = event_new(client->bus->base, client->wake_fd, EV_READ | EV_PERSIST, on_wake, client);
	client->again = evtimer_new(client->bus->base, on_wake, client);
	event_add(client->wake, &(struct timeval){ .tv_usec = IDLE_SERVE_US });
	return true;
}

void client_watch(struct client *client, rd_kafka_queue_t *queue)
{
	static const uint64_t one = 1;
	rd_kafka_queue_io_event_enable(queue, client->wake_fd, &one, sizeof(one));
}

void client_wake(struct client *client)
{
	event_add(client->again, &(struct timeval){ 0 });
}

void client_detach(struct client *client)
{
	if (client->wake != NULL)
		event_free(take(client->wake));
	if (client->again != NULL)
		event_free(take(client->again));
}

void client_destroy(struct client *client)
{
	client_detach(client);
	if (client->rk == NULL)
		return;
	/* A consumer has been closed before, as far as time allowed. */
	rd_kafka_destroy_flags(take(client->rk), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	close(client->wake_fd);
}
