#include "bus/topic.h"

#include <string.h>

#include "base/own.h"
#include "evidence.pb-c.h"
#include "gate.pb-c.h"
#include "operations.pb-c.h"
#include "verdict.pb-c.h"

static const char *const service_names[SERVICE_COUNT] = {
#define SERVICE(id, text) [SERVICE_##id] = (text),
#include "topics.def"
};

#define MESSAGE(type) &rp__v1__##type##__descriptor
static const struct topic_info infos[TOPIC_COUNT] = {
#define TOPIC(id, name_, message_, ce_type_, partitions_, retention_h_, compacted_, mac_pair_) \
	[TOPIC_##id] = {                                                                       \
		.name = (name_),                                                               \
		.message = (message_),                                                         \
		.ce_type = (ce_type_),                                                         \
		.partitions = (partitions_),                                                   \
		.retention_h = (retention_h_),                                                 \
		.compacted = (compacted_),                                                     \
		.mac_pair = MAC_##mac_pair_,                                                   \
	},
#include "topics.def"
};

static const bool reads[SERVICE_COUNT][TOPIC_COUNT] = {
#define READS(service, topic) [SERVICE_##service][TOPIC_##topic] = true,
#include "topics.def"
};

static const bool writes[SERVICE_COUNT][TOPIC_COUNT] = {
#define WRITES(service, topic) [SERVICE_##service][TOPIC_##topic] = true,
#include "topics.def"
};

static const struct {
	enum topic a, b;
} copartitioned[] = {
#define COPARTITIONED(a_, b_) { TOPIC_##a_, TOPIC_##b_ },
#include "topics.def"
};

const struct topic_info *topic_info(enum topic topic)
{
	return &infos[topic];
}

enum topic topic_find(const char *name)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		if (strcmp(infos[i].name, name) == 0)
			return (enum topic)i;
	return TOPIC_COUNT;
}

enum topic topic_copartitioned(enum topic topic)
{
	for (size_t i = 0; i < ARRAY_SIZE(copartitioned); i++) {
		if (copartitioned[i].a == topic)
			return copartitioned[i].b;
		if (copartitioned[i].b == topic)
			return copartitioned[i].a;
	}
	return TOPIC_COUNT;
}

const char *service_name(enum service_id service)
{
	return service_names[service];
}

bool topic_may_read(enum service_id service, enum topic topic)
{
	return reads[service][topic];
}

bool topic_may_write(enum service_id service, enum topic topic)
{
	return topic == TOPIC_DEAD_LETTERS || writes[service][topic];
}

static void describe_services(struct buf *out, enum topic topic, bool (*may)(enum service_id, enum topic))
{
	size_t before = out->len;
	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		if (may((enum service_id)i, topic))
			buf_printf(out, "%s%s", out->len > before ? ", " : "", service_names[i]);
	if (out->len == before)
		buf_append_str(out, "-");
}

static void describe_retention(struct buf *out, const struct topic_info *info)
{
	if (info->compacted)
		buf_append_str(out, "the last of each key");
	else if (info->retention_h == 0)
		buf_append_str(out, "for ever");
	else if (info->retention_h % 24 == 0)
		buf_printf(out, "%d d", info->retention_h / 24);
	else
		buf_printf(out, "%d h", info->retention_h);
}

void topic_describe(struct buf *out)
{
	static const char *const pair_names[MAC_PAIR_COUNT] = {
		[MAC_NONE] = "-",
		[MAC_GATEWAY_EVALUATOR] = "gateway and evaluator",
		[MAC_WORKER_EVALUATOR] = "worker and evaluator",
		[MAC_EVALUATOR_SIGNER] = "evaluator and signer",
		[MAC_AUDIT_SIGNER] = "audit-writer and signer",
	};
	buf_append_str(out,
		"| topic | value | ce_type | partitions | kept | written by | read by | authenticated between |\n");
	buf_append_str(out, "|---|---|---|---|---|---|---|---|\n");
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		const struct topic_info *info = &infos[i];
		buf_printf(out, "| `%s` | %s%s%s | `%s` | %d | ", info->name, info->message != NULL ? "`" : "",
			info->message != NULL ? info->message->name : "JSON", info->message != NULL ? "`" : "",
			info->ce_type, info->partitions);
		describe_retention(out, info);
		buf_append_str(out, " | ");
		describe_services(out, (enum topic)i, topic_may_write);
		buf_append_str(out, " | ");
		describe_services(out, (enum topic)i, topic_may_read);
		buf_printf(out, " | %s |\n", pair_names[info->mac_pair]);
	}
}
