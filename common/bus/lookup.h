/*
 * Where a partition's records of a time begin and where it ends: librdkafka answers this only by blocking, so it is
 * asked on a thread that lives as long as the question. Private to bus.
 */
#ifndef BUS_LOOKUP_H
#define BUS_LOOKUP_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct lookup;

struct lookup_answer {
	bool ok;
	int64_t first, end; /* offsets: the first record at or after the time, and behind the last */
};

/* topic is static text; since_us 0: from the first record. wake_fd (an eventfd) is written at the end. */
struct lookup *bus_lookup_start(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t since_us, int wake_fd);
/* False while the thread runs. */
bool bus_lookup_poll(const struct lookup *lookup, struct lookup_answer *answer);
/* Waits for the thread, seconds at most, and frees it. NULL is allowed. */
void bus_lookup_join(struct lookup *lookup);

#endif
