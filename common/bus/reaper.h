/*
 * Destroys a librdkafka handle on a thread of its own: rd_kafka_destroy waits for librdkafka's threads, which the loop
 * must not. Private to bus.
 */
#ifndef BUS_REAPER_H
#define BUS_REAPER_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

struct reaper;

/* Destroys rk, then closes fd, which rk wakes. */
struct reaper *reaper_start(rd_kafka_t *rk, int fd);
bool reaper_is_done(const struct reaper *reaper);
/* Waits for it and frees it; NULL is allowed. */
void reaper_join(struct reaper *reaper);

#endif
