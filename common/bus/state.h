/* The bus as its own files see it. Private to bus. */
#ifndef BUS_STATE_H
#define BUS_STATE_H

#include "bus/bus.h"

struct consumer;
struct producer;
struct tails;
struct read_backs;

struct bus {
	struct event_base *base;
	struct bus_conf conf; /* texts are copies */
	struct bus_callbacks callbacks;
	void *context;
	bus_handler_fn *handlers[TOPIC_COUNT];
	struct producer *producer;
	struct consumer *consumer; /* NULL without handlers */
	struct tails *tails;       /* NULL until the first */
	struct read_backs *read_backs;
	bool closing; /* nothing more is produced */
	bool was_ready;
	int counts[TOPIC_COUNT]; /* partitions as they were seen last; 0: not known, or not used here */
	char reason[200];
};

/* Something that readiness depends on may have changed. */
void bus_changed(struct bus *bus);

#endif
