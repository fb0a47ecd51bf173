#include "bus/partition.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bus/consumer.h"
#include "bus/deadletter.h"
#include "bus/state.h"
#include "log/log.h"
#include "metrics/metrics.h"

static struct metric consumed_total = {
	.name = "rp_bus_consumed_total",
	.help = "Records handed to their handler for the first time.",
	.type = METRIC_COUNTER,
	.label = "topic",
};

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct partition *partition = arg;
	(void)fd;
	(void)what;
	consumer_wake(partition->consumer);
}

struct partition *partition_create(struct consumer *consumer, enum topic topic, int32_t number)
{
	struct partition *partition = mem_zalloc(1, sizeof(*partition));
	partition->consumer = consumer;
	partition->topic = topic;
	partition->number = number;
	offsets_init(&partition->offsets);
	TAILQ_INIT(&partition->queue);
	TAILQ_INIT(&partition->active);
	partition->retry = evtimer_new(consumer->bus->base, on_retry, partition);
	metrics_register(&consumed_total);
	return partition;
}

void delivery_free(struct bus_delivery *delivery)
{
	bus_intake_finish(&delivery->intake);
	rd_kafka_message_destroy(delivery->raw);
	free(delivery);
}

/* What the service or the producer still has is void from now on; what waits to be handed again is dropped. */
static void void_open(struct partition *partition)
{
	struct bus_delivery *delivery, *next;
	while ((delivery = TAILQ_FIRST(&partition->active)) != NULL) {
		TAILQ_REMOVE(&partition->active, delivery, entry);
		delivery->partition = NULL;
		TAILQ_INSERT_TAIL(&partition->consumer->voided, delivery, entry);
	}
	for (delivery = TAILQ_FIRST(&partition->queue); delivery != NULL; delivery = next) {
		next = TAILQ_NEXT(delivery, entry);
		if (!delivery->open)
			continue;
		TAILQ_REMOVE(&partition->queue, delivery, entry);
		delivery_free(delivery);
	}
	partition->bytes = 0;
}

static void tell_paused(struct partition *partition, bool paused)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic_info(partition->topic)->name, partition->number);
	rd_kafka_t *rk = partition->consumer->client.rk;
	rd_kafka_resp_err_t code = paused ? rd_kafka_pause_partitions(rk, list) : rd_kafka_resume_partitions(rk, list);
	if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
		partition->paused = paused;
	rd_kafka_topic_partition_list_destroy(list);
}

void partition_destroy(struct partition *partition)
{
	/* librdkafka would keep it paused if it came back to us, and it would stand still. */
	if (partition->paused)
		tell_paused(partition, false);
	void_open(partition);
	while (!TAILQ_EMPTY(&partition->queue)) {
		struct bus_delivery *delivery = TAILQ_FIRST(&partition->queue);
		TAILQ_REMOVE(&partition->queue, delivery, entry);
		delivery_free(delivery);
	}
	offsets_finish(&partition->offsets);
	event_free(partition->retry);
	free(partition);
}

void partition_position(struct partition *partition, int64_t committed, const char *metadata)
{
	if (!offsets_restore(&partition->offsets, committed, metadata))
		LOG_WARN(NULL, "a commit's metadata is not ours, finished records are handed again",
			LOG_STR("topic", topic_info(partition->topic)->name), LOG_INT("partition", partition->number));
	partition->positioned = true;
}

void partition_take(struct partition *partition, rd_kafka_message_t *raw)
{
	struct bus_delivery *delivery = mem_zalloc(1, sizeof(*delivery));
	delivery->consumer = partition->consumer;
	delivery->partition = partition;
	delivery->state = DELIVERY_QUEUED;
	delivery->raw = raw;
	TAILQ_INSERT_TAIL(&partition->queue, delivery, entry);
}

/* May the partition's next record, which is NULL if it did not come yet, be handed? */
static bool may_hand(const struct partition *partition, const struct bus_delivery *next)
{
	const struct consumer *consumer = partition->consumer;
	if (!partition->positioned || partition->held || partition->stopped || consumer->held || consumer->draining)
		return false;
	if (partition->not_before_us > clock_mono_us())
		return false;
	if (next != NULL && next->open)
		return true;
	return partition->offsets.open_count < BUS_IN_FLIGHT_MAX && partition->bytes < IN_FLIGHT_MAX_BYTES;
}

/* Its offset stays open, so that the commit does not pass it. */
static void stop_at(struct partition *partition, struct bus_delivery *delivery, const struct err *why)
{
	LOG_ERROR(NULL, "the partition stops until this process is a newer one",
		LOG_STR("topic", topic_info(partition->topic)->name), LOG_INT("partition", partition->number),
		LOG_INT("offset", delivery->raw->offset), LOG_STR("reason", why->text));
	partition->stopped = true;
	delivery_free(delivery);
}

static void hand(struct partition *partition, struct bus_delivery *delivery)
{
	struct bus *bus = partition->consumer->bus;
	delivery->state = DELIVERY_HANDED;
	TAILQ_INSERT_TAIL(&partition->active, delivery, entry);
	/* The handler may end the delivery at once. */
	bus->handlers[partition->topic](delivery, &delivery->intake.record, delivery->intake.message, bus->context);
}

static void read_and_hand(struct partition *partition, struct bus_delivery *delivery)
{
	const struct bus *bus = partition->consumer->bus;
	struct err why;
	enum intake_verdict verdict =
		bus_intake_read(&delivery->intake, partition->topic, delivery->raw, bus->conf.mac_keys, &why);
	if (verdict == INTAKE_NEWER) {
		stop_at(partition, delivery, &why);
		return;
	}
	delivery->open = true;
	partition->bytes += delivery->raw->len;
	if (verdict == INTAKE_OK) {
		metric_add(&consumed_total, topic_info(partition->topic)->name, 1);
		hand(partition, delivery);
		return;
	}
	delivery->state = DELIVERY_HANDED;
	TAILQ_INSERT_TAIL(&partition->active, delivery, entry);
	bus_dead_letter(delivery, &why);
}

/* The queue's first leaves it. */
static void advance(struct partition *partition)
{
	struct bus_delivery *delivery = TAILQ_FIRST(&partition->queue);
	TAILQ_REMOVE(&partition->queue, delivery, entry);
	if (delivery->open) {
		hand(partition, delivery);
		return;
	}
	switch (offsets_open(&partition->offsets, delivery->raw->offset)) {
	case OFFSETS_FINISHED:
		delivery_free(delivery);
		partition_commit_soon(partition);
		return;
	case OFFSETS_REWOUND:
		LOG_WARN(NULL, "the partition's log was reset, it is read anew",
			LOG_STR("topic", topic_info(partition->topic)->name), LOG_INT("offset", delivery->raw->offset));
		void_open(partition);
		break;
	case OFFSETS_OPENED: break;
	}
	read_and_hand(partition, delivery);
}

static bool has_much_room(const struct partition *partition)
{
	return may_hand(partition, NULL) && partition->offsets.open_count <= BUS_IN_FLIGHT_MAX / 2 &&
	       partition->bytes <= IN_FLIGHT_MAX_BYTES / 2;
}

/*
 * librdkafka is told to pause only when a record has come that can't be handed: it then knows the position to go on
 * from. It drops what it has fetched, so the partition resumes only when there is room for a good part again.
 */
bool partition_pump(struct partition *partition, int *budget)
{
	const struct bus_delivery *next;
	while ((next = TAILQ_FIRST(&partition->queue)) != NULL && may_hand(partition, next)) {
		if (*budget == 0)
			return true;
		(*budget)--;
		advance(partition);
	}
	if (next != NULL && !partition->paused)
		tell_paused(partition, true);
	if (next == NULL && partition->paused && has_much_room(partition))
		tell_paused(partition, false);
	return false;
}

void partition_commit_soon(struct partition *partition)
{
	partition->dirty = true;
	consumer_commit_soon(partition->consumer);
}

/* --- what a service calls --- */

void delivery_finish(struct bus_delivery *delivery)
{
	struct partition *partition = delivery->partition;
	if (partition == NULL) {
		TAILQ_REMOVE(&delivery->consumer->voided, delivery, entry);
	} else {
		TAILQ_REMOVE(&partition->active, delivery, entry);
		offsets_close(&partition->offsets, delivery->raw->offset);
		partition->bytes -= delivery->raw->len;
		partition_commit_soon(partition);
		if (partition->paused)
			consumer_wake(partition->consumer);
	}
	delivery_free(delivery);
}

void bus_done(struct bus_delivery *delivery)
{
	assert(delivery->state == DELIVERY_HANDED);
	delivery_finish(delivery);
}

/* Behind the last with a smaller offset: the queue is short, and a retry belongs near its front. */
static void insert_by_offset(struct deliveries *queue, struct bus_delivery *delivery)
{
	struct bus_delivery *other;
	TAILQ_FOREACH (other, queue, entry)
		if (other->raw->offset > delivery->raw->offset) {
			TAILQ_INSERT_BEFORE(other, delivery, entry);
			return;
		}
	TAILQ_INSERT_TAIL(queue, delivery, entry);
}

void bus_retry(struct bus_delivery *delivery, int delay_ms)
{
	struct partition *partition = delivery->partition;
	assert(delivery->state == DELIVERY_HANDED);
	if (partition == NULL) {
		delivery_finish(delivery);
		return;
	}
	TAILQ_REMOVE(&partition->active, delivery, entry);
	delivery->state = DELIVERY_QUEUED;
	insert_by_offset(&partition->queue, delivery);
	int64_t not_before_us = clock_mono_us() + delay_ms * CLOCK_US_PER_MS;
	if (not_before_us <= partition->not_before_us)
		return;
	partition->not_before_us = not_before_us;
	/* A millisecond late, so that the time has surely come. */
	event_add(partition->retry,
		&(struct timeval){ .tv_sec = (delay_ms + 1) / 1000, .tv_usec = (delay_ms + 1) % 1000 * 1000 });
}

bool bus_is_void(const struct bus_delivery *delivery)
{
	return delivery->partition == NULL;
}

static void set_held(struct bus *bus, enum topic topic, int32_t number, bool held)
{
	struct partition *partition = bus->consumer != NULL ? consumer_find(bus->consumer, topic, number) : NULL;
	if (partition == NULL || partition->held == held)
		return;
	partition->held = held;
	consumer_wake(bus->consumer);
}

void bus_hold(struct bus *bus, enum topic topic, int32_t partition)
{
	set_held(bus, topic, partition, true);
}

void bus_release(struct bus *bus, enum topic topic, int32_t partition)
{
	set_held(bus, topic, partition, false);
}
