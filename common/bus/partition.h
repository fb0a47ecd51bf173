/*
 * A partition that this process owns, and the deliveries of its records: handing in order, bounded in flight, holds,
 * retries. Private to bus; what a service calls on deliveries is in bus.h.
 */
#ifndef BUS_PARTITION_H
#define BUS_PARTITION_H

#include <event2/event.h>
#include <librdkafka/rdkafka.h>
#include <sys/queue.h>

#include "bus/bus.h"
#include "bus/intake.h"
#include "bus/offsets.h"

/* Records of a partition that may lie here unfinished, besides BUS_IN_FLIGHT_MAX: large ones must not fill the memory.
 */
#define IN_FLIGHT_MAX_BYTES (16U * 1024 * 1024)

struct consumer;
struct partition;

enum delivery_state {
	DELIVERY_QUEUED, /* waits to be handed, for the first time or again */
	DELIVERY_HANDED, /* the service has it */
	DELIVERY_DYING,  /* waits for the acknowledgement of its dead letter */
};

struct bus_delivery {
	TAILQ_ENTRY(bus_delivery) entry;
	struct consumer *consumer;
	struct partition *partition; /* NULL: void */
	enum delivery_state state;
	bool open; /* its offset is open in the partition, and it was read */
	rd_kafka_message_t *raw;
	struct intake intake;
};
TAILQ_HEAD(deliveries, bus_delivery);

struct partition {
	TAILQ_ENTRY(partition) entry;
	struct consumer *consumer;
	enum topic topic;
	int32_t number;
	bool positioned; /* the commit's metadata was read: records may be handed */
	bool held;
	bool stopped; /* at a record that wants a newer reader */
	bool paused;  /* librdkafka was told so */
	bool dirty;   /* there is something new to commit */
	struct offsets offsets;
	size_t bytes;             /* of open deliveries */
	struct deliveries queue;  /* DELIVERY_QUEUED, by offset */
	struct deliveries active; /* the others */
	int64_t not_before_us;    /* monotonic: a retry waits */
	struct event *retry;
};
TAILQ_HEAD(partitions, partition);

struct partition *partition_create(struct consumer *consumer, enum topic topic, int32_t number);
/* Its deliveries become void: those that the service has stay until it ends them. */
void partition_destroy(struct partition *partition);
/* Where the group's last commit ends; metadata NULL: none. */
void partition_position(struct partition *partition, int64_t committed, const char *metadata);
/* A record came from librdkafka; the message is taken. */
void partition_take(struct partition *partition, rd_kafka_message_t *raw);
/* Hands what may be handed, at most *budget records; pauses and resumes. Returns whether more could be handed now. */
bool partition_pump(struct partition *partition, int *budget);

/* There is something new to commit. */
void partition_commit_soon(struct partition *partition);

/* Ends it: its record counts as finished, unless it is void. */
void delivery_finish(struct bus_delivery *delivery);
/* Frees it; it is in no list any more. */
void delivery_free(struct bus_delivery *delivery);

#endif
