#include "bus/readback.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "bus/intake.h"
#include "bus/lookup.h"
#include "bus/reader.h"
#include "bus/state.h"
#include "log/log.h"

/* Without any progress for so long it has failed, and whoever asked asks again. */
#define STALL_US (10 * CLOCK_US_PER_S)

struct read_back {
	TAILQ_ENTRY(read_back) entry;
	enum topic topic;
	int32_t partition;
	int64_t since_us;
	bus_tail_fn *handle;
	bus_read_back_done_fn *done;
	void *context;
	struct lookup *lookup; /* NULL before it began and after it ended */
	bool reading;
	bool finished, ok;
	int64_t end;         /* offset behind the last to be read */
	int64_t progress_us; /* monotonic */
};

struct read_backs {
	struct reader reader; /* first: the read-backs are found by it */
	TAILQ_HEAD(, read_back) list;
};

static struct read_back *find_reading(struct reader *reader, enum topic topic, int32_t partition)
{
	struct read_backs *all = (struct read_backs *)reader;
	struct read_back *one;
	TAILQ_FOREACH (one, &all->list, entry)
		if (one->reading && one->topic == topic && one->partition == partition)
			return one;
	return NULL;
}

static void finish(struct read_back *one, bool ok)
{
	one->finished = true;
	one->ok = ok;
}

static void on_record(struct reader *reader, enum topic topic, const rd_kafka_message_t *raw)
{
	struct read_back *one = find_reading(reader, topic, raw->partition);
	if (one == NULL || one->finished)
		return;
	one->progress_us = clock_mono_us();
	if (raw->offset >= one->end) {
		finish(one, true);
		return;
	}
	struct intake intake;
	struct err why;
	switch (bus_intake_read(&intake, topic, raw, reader->client.bus->conf.mac_keys, &why)) {
	case INTAKE_OK: one->handle(&intake.record, intake.message, one->context); break;
	case INTAKE_POISON:
		LOG_INFO(NULL, "record skipped while reading back", LOG_STR("topic", topic_info(topic)->name),
			LOG_INT("partition", raw->partition), LOG_INT("offset", raw->offset),
			LOG_STR("where", why.where), LOG_STR("reason", why.text));
		break;
	case INTAKE_NEWER:
		/* What it says would be missing from what was read back. */
		LOG_ERROR(NULL, "a record to be read back wants a newer process",
			LOG_STR("topic", topic_info(topic)->name), LOG_INT("partition", raw->partition),
			LOG_INT("offset", raw->offset), LOG_STR("reason", why.text));
		finish(one, false);
		break;
	}
	bus_intake_finish(&intake);
	if (!one->finished && raw->offset + 1 >= one->end)
		finish(one, true);
}

static void on_end(struct reader *reader, enum topic topic, int32_t partition, int64_t offset)
{
	struct read_back *one = find_reading(reader, topic, partition);
	(void)offset;
	if (one != NULL && !one->finished)
		finish(one, true);
}

/* A partition can be followed once at a time. */
static bool is_taken(struct read_backs *all, const struct read_back *by)
{
	const struct read_back *one;
	TAILQ_FOREACH (one, &all->list, entry) {
		if (one == by)
			return false;
		if (one->topic == by->topic && one->partition == by->partition)
			return true;
	}
	return false;
}

static void advance(struct read_backs *all, struct read_back *one)
{
	struct lookup_answer answer;
	if (one->reading || is_taken(all, one))
		return;
	if (one->lookup == NULL) {
		one->progress_us = clock_mono_us();
		one->lookup = bus_lookup_start(all->reader.client.rk, topic_info(one->topic)->name, one->partition,
			one->since_us, all->reader.client.wake_fd);
		return;
	}
	if (!bus_lookup_poll(one->lookup, &answer))
		return;
	bus_lookup_join(take(one->lookup));
	if (!answer.ok || answer.first >= answer.end) {
		finish(one, answer.ok);
		return;
	}
	one->end = answer.end;
	one->reading = true;
	one->progress_us = clock_mono_us();
	reader_follow(&all->reader, one->topic, one->partition, answer.first);
}

static void free_read_back(struct read_backs *all, struct read_back *one)
{
	if (one->reading)
		reader_unfollow(&all->reader, one->topic, one->partition);
	TAILQ_REMOVE(&all->list, one, entry);
	bus_lookup_join(one->lookup);
	free(one);
}

static void on_tick(struct reader *reader)
{
	struct read_backs *all = (struct read_backs *)reader;
	struct read_back *one, *next;
	for (one = TAILQ_FIRST(&all->list); one != NULL; one = next) {
		if (!one->finished)
			advance(all, one);
		if (one->reading && clock_mono_us() - one->progress_us > STALL_US)
			finish(one, false);
		next = TAILQ_NEXT(one, entry);
		if (!one->finished)
			continue;
		bus_read_back_done_fn *done = one->done;
		void *context = one->context;
		bool ok = one->ok;
		free_read_back(all, one);
		done(ok, context);
	}
}

static const struct reader_events events = { .record = on_record, .end = on_end, .tick = on_tick };

/* The settings have already made other handles: only threads or memory can be missing. */
static void must(bool ok, const struct err *err)
{
	if (ok)
		return;
	log_err(LOG_LEVEL_ERROR, NULL, "no reader could be made", err);
	abort();
}

static struct read_backs *make_read_backs(struct bus *bus)
{
	struct read_backs *made = mem_zalloc(1, sizeof(*made));
	struct err err;
	TAILQ_INIT(&made->list);
	must(reader_init(&made->reader, bus, "read-back", &events, &err), &err);
	return made;
}

void bus_read_back(struct bus *bus, enum topic topic, int32_t partition, int64_t since_us, bus_tail_fn *handle,
	bus_read_back_done_fn *done, void *context)
{
	struct err err;
	assert(topic_may_read(bus->conf.service, topic));
	if (bus->read_backs == NULL)
		bus->read_backs = make_read_backs(bus);
	must(reader_add_topic(&bus->read_backs->reader, topic, &err), &err);
	struct read_back *one = mem_zalloc(1, sizeof(*one));
	one->topic = topic;
	one->partition = partition;
	one->since_us = since_us;
	one->handle = handle;
	one->done = done;
	one->context = context;
	TAILQ_INSERT_TAIL(&bus->read_backs->list, one, entry);
	client_wake(&bus->read_backs->reader.client);
}

void read_backs_destroy(struct bus *bus)
{
	if (bus->read_backs == NULL)
		return;
	struct read_backs *all = take(bus->read_backs);
	while (!TAILQ_EMPTY(&all->list))
		free_read_back(all, TAILQ_FIRST(&all->list));
	reader_finish(&all->reader);
	free(all);
}
