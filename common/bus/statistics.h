/* What librdkafka's statistics (JSON, its STATISTICS.md) say about brokers and topics. Private to bus. */
#ifndef BUS_STATISTICS_H
#define BUS_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "bus/client.h"

/* Sets *connected and client's producer id, partitions and lag; false, and nothing set, if json is not what we know. */
bool statistics_read(const char *json, size_t len, struct client *client, bool *connected);

#endif
