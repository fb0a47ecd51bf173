#include "bus/consumer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bus/state.h"
#include "log/log.h"
#include "metrics/metrics.h"

/* What one turn of the loop gives to records: others wait too. */
#define SLICE_RECORDS 64
#define SLICE_US 2000

static struct metric lag_gauge = {
	.name = "rp_bus_consumer_lag",
	.help = "Records behind the end of the topic's partitions that this process owns.",
	.type = METRIC_GAUGE,
	.label = "topic",
};
static struct metric in_flight_gauge = {
	.name = "rp_bus_in_flight",
	.help = "Deliveries that are not ended.",
	.type = METRIC_GAUGE,
};

struct partition *consumer_find(const struct consumer *consumer, enum topic topic, int32_t number)
{
	struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		if (partition->topic == topic && partition->number == number)
			return partition;
	return NULL;
}

void consumer_wake(struct consumer *consumer)
{
	if (consumer->client.again != NULL)
		client_wake(&consumer->client);
}

static void take_partitions(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
	const struct bus_callbacks *callbacks = &consumer->bus->callbacks;
	for (int i = 0; i < list->cnt; i++) {
		struct partition *partition =
			partition_create(consumer, topic_find(list->elems[i].topic), list->elems[i].partition);
		TAILQ_INSERT_TAIL(&consumer->partitions, partition, entry);
	}
	const struct partition *partition;
	if (callbacks->assigned != NULL)
		TAILQ_FOREACH (partition, &consumer->partitions, entry)
			callbacks->assigned(partition->topic, partition->number, consumer->bus->context);
	consumer->assigned = true;
	commit_read(consumer);
}

static void drop_partitions(struct consumer *consumer)
{
	const struct bus_callbacks *callbacks = &consumer->bus->callbacks;
	struct partition *partition;
	while ((partition = TAILQ_FIRST(&consumer->partitions)) != NULL) {
		enum topic topic = partition->topic;
		int32_t number = partition->number;
		TAILQ_REMOVE(&consumer->partitions, partition, entry);
		partition_destroy(partition);
		if (callbacks->revoked != NULL)
			callbacks->revoked(topic, number, consumer->bus->context);
	}
	consumer->assigned = false;
	commit_forget(consumer);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
	struct client *client = opaque;
	struct consumer *consumer = client->bus->consumer;
	LOG_DEBUG(NULL, "rebalance", LOG_STR("what", rd_kafka_err2name(code)), LOG_INT("partitions", list->cnt));
	if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		rd_kafka_assign(rk, list);
		take_partitions(consumer, list);
		return;
	}
	/* librdkafka waits for this commit before it gives the partitions up; nothing of ours waits. */
	if (!rd_kafka_assignment_lost(rk))
		commit_now(consumer);
	drop_partitions(consumer);
	rd_kafka_assign(rk, NULL);
}

/* A record, or what librdkafka reports in a record's place. It is handed at once if it may be. */
static void take_message(struct consumer *consumer, rd_kafka_message_t *raw)
{
	struct partition *partition = NULL;
	if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		LOG_DEBUG(NULL, "consumer error", LOG_STR("code", rd_kafka_err2name(raw->err)),
			LOG_STR("reason", rd_kafka_message_errstr(raw)));
	else
		partition = consumer_find(consumer, topic_find(rd_kafka_topic_name(raw->rkt)), raw->partition);
	if (partition == NULL) {
		rd_kafka_message_destroy(raw);
		return;
	}
	partition_take(partition, raw);
	int one = 1;
	partition_pump(partition, &one);
}

static void set_gauges(const struct consumer *consumer)
{
	size_t in_flight = 0;
	const struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		in_flight += partition->offsets.open_count;
	metric_set(&in_flight_gauge, NULL, (double)in_flight);
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		if (consumer->bus->handlers[i] != NULL && consumer->client.lag[i] >= 0)
			metric_set(&lag_gauge, topic_info((enum topic)i)->name, consumer->client.lag[i]);
}

/* What waited first, then one record a poll. Returns whether something is left that need not wait. */
static bool serve_slice(struct consumer *consumer)
{
	int budget = SLICE_RECORDS;
	int64_t deadline_us = clock_mono_us() + SLICE_US;
	struct partition *partition;
	bool left = false;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		left |= partition_pump(partition, &budget);
	for (; budget > 0 && clock_mono_us() < deadline_us; budget--) {
		rd_kafka_message_t *raw = rd_kafka_consumer_poll(consumer->client.rk, 0);
		if (raw == NULL)
			return left;
		take_message(consumer, raw);
	}
	return true;
}

static void serve(struct client *client)
{
	struct consumer *consumer = client->bus->consumer;
	commit_serve(consumer);
	if (serve_slice(consumer))
		client_wake(client);
	set_gauges(consumer);
}

static bool make_conf(struct consumer *consumer, rd_kafka_conf_t **conf, struct err *err)
{
	static const char *const settings[][2] = {
		{ "partition.assignment.strategy", "range" },
		{ "auto.offset.reset", "earliest" },
		{ "enable.auto.commit", "false" },
		{ "enable.auto.offset.store", "false" },
		{ "session.timeout.ms", "6000" },
		{ "heartbeat.interval.ms", "2000" },
		{ "fetch.wait.max.ms", "20" },
		{ "fetch.error.backoff.ms", "100" },
		{ "queued.max.messages.kbytes", "4096" },
	};
	const char *instance = consumer->bus->conf.group_instance_id;
	if (!client_conf(&consumer->client, conf, err))
		return false;
	bool ok =
		client_conf_set(*conf, "group.id", consumer->group, err) &&
		(instance == NULL || instance[0] == '\0' || client_conf_set(*conf, "group.instance.id", instance, err));
	for (size_t i = 0; ok && i < ARRAY_SIZE(settings); i++)
		ok = client_conf_set(*conf, settings[i][0], settings[i][1], err);
	if (!ok) {
		rd_kafka_conf_destroy(*conf);
		return false;
	}
	rd_kafka_conf_set_rebalance_cb(*conf, on_rebalance);
	rd_kafka_conf_set_offset_commit_cb(*conf, commit_on_answer);
	return true;
}

static bool subscribe(struct consumer *consumer, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(TOPIC_COUNT);
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		if (consumer->bus->handlers[i] != NULL)
			rd_kafka_topic_partition_list_add(list, topic_info((enum topic)i)->name, RD_KAFKA_PARTITION_UA);
	rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->client.rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
	       err_set(err, ERR_INTERNAL, "the topics can't be subscribed: %s", rd_kafka_err2str(code));
}

bool consumer_create(struct bus *bus, struct consumer **consumer, struct err *err)
{
	struct consumer *made = mem_zalloc(1, sizeof(*made));
	rd_kafka_conf_t *conf;
	made->bus = bus;
	made->client = (struct client){ .bus = bus, .role = "consumer" };
	snprintf(made->group, sizeof(made->group), "releasepassport.%s", service_name(bus->conf.service));
	TAILQ_INIT(&made->partitions);
	TAILQ_INIT(&made->voided);
	metrics_register(&lag_gauge);
	metrics_register(&in_flight_gauge);
	if (!make_conf(made, &conf, err) || !client_start(&made->client, RD_KAFKA_CONSUMER, conf, serve, err)) {
		consumer_destroy(made);
		return false;
	}
	commit_init(made);
	rd_kafka_poll_set_consumer(made->client.rk);
	rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(made->client.rk);
	client_watch(&made->client, queue);
	rd_kafka_queue_destroy(queue);
	if (!subscribe(made, err)) {
		consumer_close(made, 0);
		consumer_destroy(made);
		return false;
	}
	*consumer = made;
	return true;
}

void consumer_close(struct consumer *consumer, int timeout_ms)
{
	rd_kafka_t *rk = consumer->client.rk;
	int64_t deadline_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	consumer->draining = true;
	client_detach(&consumer->client);
	rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
	rd_kafka_error_destroy(rd_kafka_consumer_close_queue(rk, queue));
	rd_kafka_queue_destroy(queue);
	while (!rd_kafka_consumer_closed(rk) && clock_mono_us() < deadline_us) {
		rd_kafka_message_t *raw = rd_kafka_consumer_poll(rk, 10);
		if (raw != NULL)
			rd_kafka_message_destroy(raw);
	}
	drop_partitions(consumer);
}

void consumer_destroy(struct consumer *consumer)
{
	if (consumer == NULL)
		return;
	while (!TAILQ_EMPTY(&consumer->voided)) {
		struct bus_delivery *delivery = TAILQ_FIRST(&consumer->voided);
		TAILQ_REMOVE(&consumer->voided, delivery, entry);
		delivery_free(delivery);
	}
	commit_finish(consumer);
	client_destroy(&consumer->client);
	free(consumer);
}

size_t consumer_pending(const struct consumer *consumer)
{
	size_t pending = 0;
	const struct partition *partition;
	const struct bus_delivery *delivery;
	TAILQ_FOREACH (partition, &consumer->partitions, entry) {
		TAILQ_FOREACH (delivery, &partition->active, entry)
			pending++;
		/* While draining, what waits to be handed waits for the next owner. */
		if (!consumer->draining)
			TAILQ_FOREACH (delivery, &partition->queue, entry)
				pending += delivery->open;
	}
	TAILQ_FOREACH (delivery, &consumer->voided, entry)
		pending++;
	return pending;
}

bool consumer_is_ready(const struct consumer *consumer, const char **reason)
{
	*reason = "another process has taken this one's KAFKA_GROUP_INSTANCE_ID";
	if (consumer->client.fatal)
		return false;
	*reason = "the consumer group has not assigned partitions yet";
	if (!consumer->assigned)
		return false;
	const struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry) {
		*reason = "the group's commits are not read yet";
		if (!partition->positioned)
			return false;
		*reason = "a partition waits at a record that wants a newer process";
		if (partition->stopped)
			return false;
	}
	return true;
}
