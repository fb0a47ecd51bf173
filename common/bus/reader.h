/*
 * A consumer without a group: partitions are started at an offset and followed; librdkafka keeps the positions over
 * reconnects. Private to bus.
 */
#ifndef BUS_READER_H
#define BUS_READER_H

#include <librdkafka/rdkafka.h>

#include "bus/client.h"
#include "bus/record.h"

struct reader;

struct reader_events {
	void (*record)(struct reader *reader, enum topic topic, const rd_kafka_message_t *raw);
	/* The partition's end has been reached; its offset. */
	void (*end)(struct reader *reader, enum topic topic, int32_t partition, int64_t offset);
	/* Whenever something happened, and now and then. */
	void (*tick)(struct reader *reader);
};

struct reader {
	struct client client; /* first: the reader is found by it */
	const struct reader_events *events;
	rd_kafka_queue_t *queue;
	rd_kafka_topic_t *topics[TOPIC_COUNT];
};

/* Fills reader, which the caller frees after reader_finish, also on failure. */
bool reader_init(struct reader *reader, struct bus *bus, const char *role, const struct reader_events *events,
	struct err *err) MUST_CHECK;
void reader_finish(struct reader *reader);
/* From now on the topic's partitions are known (client.partitions). */
bool reader_add_topic(struct reader *reader, enum topic topic, struct err *err) MUST_CHECK;
/* Follows a partition from offset (RD_KAFKA_OFFSET_BEGINNING and _END included); it must not be followed already. */
void reader_follow(struct reader *reader, enum topic topic, int32_t partition, int64_t offset);
void reader_unfollow(struct reader *reader, enum topic topic, int32_t partition);

#endif
