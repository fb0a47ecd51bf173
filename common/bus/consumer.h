/* The group consumer: membership, partitions, polling in slices, commits. Private to bus. */
#ifndef BUS_CONSUMER_H
#define BUS_CONSUMER_H

#include "bus/client.h"
#include "bus/commit.h"
#include "bus/partition.h"

struct consumer {
	struct bus *bus;
	struct client client;
	char group[64];
	struct partitions partitions;
	struct deliveries voided; /* taken away while the service or the producer has them */
	bool assigned;            /* the group has told us our partitions, be it none */
	bool held, draining;
	struct commit commit;
};

/* Subscribes to the topics that have a handler. */
bool consumer_create(struct bus *bus, struct consumer **consumer, struct err *err) MUST_CHECK;
/* Commits, leaves the group and frees; waits at most timeout_ms for the brokers. */
void consumer_close(struct consumer *consumer, int timeout_ms);
/* Frees what consumer_close left: deliveries that the producer had. NULL is allowed. */
void consumer_destroy(struct consumer *consumer);
/* The partition if it is ours now, else NULL. */
struct partition *consumer_find(const struct consumer *consumer, enum topic topic, int32_t number);
/* Looks at all partitions in the next turn of the loop. */
void consumer_wake(struct consumer *consumer);
/* Deliveries that are not ended. */
size_t consumer_pending(const struct consumer *consumer);
/* Is the group joined, and may each partition's records be handed? reason as in bus_is_ready. */
bool consumer_is_ready(const struct consumer *consumer, const char **reason);

#endif
