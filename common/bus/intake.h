/* A raw Kafka message becomes a record: headers, authentication code, unpacking. Private to bus. */
#ifndef BUS_INTAKE_H
#define BUS_INTAKE_H

#include <librdkafka/rdkafka.h>

#include "bus/record.h"

#define HEADER_CE_ID "ce_id"
#define HEADER_CE_TIME "ce_time"
#define HEADER_TRACEPARENT "traceparent"
#define HEADER_MAC "rp_mac"

struct intake {
	struct bus_record record; /* its texts point into raw and key */
	char *key;
	ProtobufCMessage *message; /* NULL for topics that are not protobuf */
};

enum intake_verdict {
	INTAKE_OK,
	INTAKE_POISON, /* err says why; it will never be readable */
	INTAKE_NEWER,  /* a newer reader could read it */
};

/*
 * Reads raw, which outlives the intake. keys (indexed by enum mac_pair) verify the authentication code where this
 * process holds the topic's pair; else the record passes unverified with record.mac set.
 */
enum intake_verdict bus_intake_read(struct intake *intake, enum topic topic, const rd_kafka_message_t *raw,
	const struct mac_keys *keys, struct err *err);
void bus_intake_finish(struct intake *intake);

#endif
