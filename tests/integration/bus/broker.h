/* A private Apache Kafka for this program (tools/kafka) and what the tests do to it from outside. */
#ifndef TESTS_INTEGRATION_BUS_BROKER_H
#define TESTS_INTEGRATION_BUS_BROKER_H

#include <stdint.h>

#include "bus/topic.h"

void broker_start(void);
void broker_stop(void); /* and away with its folder */
void broker_halt(void);
void broker_resume(void); /* after broker_halt, on the same port */
const char *broker_address(void);
/* Empties every topic of the table and forgets the groups; gate-requests gets gate_partitions. */
void broker_reset(int gate_partitions);
/* What a group has committed for the partition, and the commit's metadata (metadata has 4200 bytes). */
int64_t broker_committed(const char *group, enum topic topic, int32_t partition, char *metadata);

struct broker_header {
	const char *name;
	const char *value;
};
/* Writes a record as any program could; headers end with a row without a name. */
void broker_write(
	enum topic topic, int32_t partition, const char *key, const char *body, const struct broker_header *headers);
/* Reads the last record of a partition: its body, and the value of each header that has a row. False if empty. */
struct broker_found {
	const char *name;
	char value[256];
};
bool broker_read_last(enum topic topic, int32_t partition, char *body, size_t size, struct broker_found *headers);
/* The offset behind the partition's last record. */
int64_t broker_end(enum topic topic, int32_t partition);

#endif
