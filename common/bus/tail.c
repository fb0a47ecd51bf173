#include "bus/tail.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "bus/intake.h"
#include "bus/reader.h"
#include "bus/state.h"
#include "log/log.h"
#include "metrics/metrics.h"

static struct metric skipped_total = {
	.name = "rp_bus_tail_skipped_total",
	.help = "Records of followed topics that could not be read.",
	.type = METRIC_COUNTER,
	.label = "topic",
};

struct tail_partition {
	bool at_end;  /* it was, once */
	bool stopped; /* at a record that wants a newer reader */
};

struct tail {
	TAILQ_ENTRY(tail) entry;
	enum topic topic;
	bool from_start;
	bus_tail_fn *handle;
	void *context;
	struct tail_partition *partitions;
	int count; /* of partitions that are followed */
};

struct tails {
	struct reader reader; /* first: the tails are found by it */
	TAILQ_HEAD(, tail) list;
};

static struct tail *find(struct tails *tails, enum topic topic)
{
	struct tail *tail;
	TAILQ_FOREACH (tail, &tails->list, entry)
		if (tail->topic == topic)
			return tail;
	return NULL;
}

static struct tail_partition *find_partition(
	struct reader *reader, enum topic topic, int32_t number, struct tail **tail)
{
	*tail = find((struct tails *)reader, topic);
	return *tail != NULL && number >= 0 && number < (*tail)->count ? &(*tail)->partitions[number] : NULL;
}

static void on_record(struct reader *reader, enum topic topic, const rd_kafka_message_t *raw)
{
	struct tail *tail;
	struct tail_partition *partition = find_partition(reader, topic, raw->partition, &tail);
	if (partition == NULL || partition->stopped)
		return;
	struct intake intake;
	struct err why;
	switch (bus_intake_read(&intake, topic, raw, reader->client.bus->conf.mac_keys, &why)) {
	case INTAKE_OK: tail->handle(&intake.record, intake.message, tail->context); break;
	case INTAKE_POISON:
		metric_add(&skipped_total, topic_info(topic)->name, 1);
		LOG_INFO(NULL, "record skipped", LOG_STR("topic", topic_info(topic)->name),
			LOG_INT("partition", raw->partition), LOG_INT("offset", raw->offset),
			LOG_STR("where", why.where), LOG_STR("reason", why.text));
		break;
	case INTAKE_NEWER:
		LOG_ERROR(NULL, "the tail stops until this process is a newer one",
			LOG_STR("topic", topic_info(topic)->name), LOG_INT("partition", raw->partition),
			LOG_INT("offset", raw->offset), LOG_STR("reason", why.text));
		partition->stopped = true;
		reader_unfollow(reader, topic, raw->partition);
		break;
	}
	bus_intake_finish(&intake);
}

static void on_end(struct reader *reader, enum topic topic, int32_t number, int64_t offset)
{
	struct tail *tail;
	struct tail_partition *partition = find_partition(reader, topic, number, &tail);
	(void)offset;
	if (partition != NULL)
		partition->at_end = true;
}

/* A partition that appears later is read whole: its first records are as new as it is. */
static void follow_new(struct tails *tails, struct tail *tail)
{
	int count = tails->reader.client.partitions[tail->topic];
	bool from_start = tail->from_start || tail->count > 0;
	if (count <= tail->count)
		return;
	tail->partitions = mem_realloc(tail->partitions, (size_t)count * sizeof(*tail->partitions));
	for (; tail->count < count; tail->count++) {
		tail->partitions[tail->count] = (struct tail_partition){ 0 };
		reader_follow(&tails->reader, tail->topic, tail->count,
			from_start ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END);
	}
}

static void on_tick(struct reader *reader)
{
	struct tails *tails = (struct tails *)reader;
	struct tail *tail;
	TAILQ_FOREACH (tail, &tails->list, entry)
		follow_new(tails, tail);
}

static const struct reader_events events = { .record = on_record, .end = on_end, .tick = on_tick };

static void free_tails(struct tails *tails)
{
	struct tail *tail;
	reader_finish(&tails->reader);
	while ((tail = TAILQ_FIRST(&tails->list)) != NULL) {
		TAILQ_REMOVE(&tails->list, tail, entry);
		free(tail->partitions);
		free(tail);
	}
	free(tails);
}

static bool make_tails(struct bus *bus, struct err *err)
{
	struct tails *made = mem_zalloc(1, sizeof(*made));
	TAILQ_INIT(&made->list);
	metrics_register(&skipped_total);
	if (!reader_init(&made->reader, bus, "tail", &events, err)) {
		free_tails(made);
		return false;
	}
	bus->tails = made;
	return true;
}

bool bus_tail(struct bus *bus, enum topic topic, bool from_start, bus_tail_fn *handle, void *context, struct err *err)
{
	if (!topic_may_read(bus->conf.service, topic))
		return err_set_at(err, ERR_INTERNAL, topic_info(topic)->name, "%s may not read this topic",
			service_name(bus->conf.service));
	if ((bus->tails == NULL && !make_tails(bus, err)) || !reader_add_topic(&bus->tails->reader, topic, err))
		return false;
	struct tail *tail = mem_zalloc(1, sizeof(*tail));
	tail->topic = topic;
	tail->from_start = from_start;
	tail->handle = handle;
	tail->context = context;
	TAILQ_INSERT_TAIL(&bus->tails->list, tail, entry);
	return true;
}

bool tails_are_connected(const struct bus *bus)
{
	return bus->tails == NULL || bus->tails->reader.client.connected;
}

static bool is_ready(const struct tail *tail, const char **reason)
{
	*reason = "a followed topic's end is not known yet";
	for (int i = 0; i < tail->count; i++) {
		if (tail->partitions[i].stopped) {
			*reason = "a followed topic has a record that wants a newer process";
			return false;
		}
		if (!tail->partitions[i].at_end)
			return false;
	}
	return tail->count > 0;
}

bool tails_are_ready(const struct bus *bus, const char **reason)
{
	const struct tail *tail;
	if (bus->tails != NULL)
		TAILQ_FOREACH (tail, &bus->tails->list, entry)
			if (!is_ready(tail, reason))
				return false;
	return true;
}

void tails_destroy(struct bus *bus)
{
	if (bus->tails != NULL)
		free_tails(take(bus->tails));
}
