/* The table of topics (proto/topics.def) as constants: names, message types, partitions, rights. */
#ifndef BUS_TOPIC_H
#define BUS_TOPIC_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum service_id {
#define SERVICE(id, name) SERVICE_##id,
#include "topics.def"
	SERVICE_COUNT,
};

enum topic {
#define TOPIC(id, ...) TOPIC_##id,
#include "topics.def"
	TOPIC_COUNT,
};

/* Whose shared key authenticates a topic's records (HMAC-SHA256). */
enum mac_pair {
	MAC_NONE,
	MAC_GATEWAY_EVALUATOR,
	MAC_WORKER_EVALUATOR,
	MAC_EVALUATOR_SIGNER,
	MAC_AUDIT_SIGNER,
	MAC_PAIR_COUNT,
};

struct topic_info {
	const char *name;
	const ProtobufCMessageDescriptor *message; /* NULL: not protobuf */
	const char *ce_type;
	int partitions;
	int retention_h; /* 0: for ever */
	bool compacted;
	enum mac_pair mac_pair;
};

const struct topic_info *topic_info(enum topic topic);
/* The topic of this name, TOPIC_COUNT if there is none. */
enum topic topic_find(const char *name);
const char *service_name(enum service_id service);
/* May the service read, write this topic? */
bool topic_may_read(enum service_id service, enum topic topic);
bool topic_may_write(enum service_id service, enum topic topic);
/* The topic whose partition count must be the same, TOPIC_COUNT if there is none. */
enum topic topic_copartitioned(enum topic topic);
/* Appends docs/topics.md: the topics, who writes and who reads each. */
void topic_describe(struct buf *out);

#endif
