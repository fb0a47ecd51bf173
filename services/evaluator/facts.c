#include "facts.h"

#include <string.h>

#include "log/log.h"
#include "metrics/metrics.h"

static struct metric refused = {
	.name = "rp_sealed_facts_refused_total",
	.help = "Facts of the request's context that no connector sealed: a sign of tampering.",
	.type = METRIC_COUNTER,
};

void facts_add(struct facts *facts, const Rp__V1__Fact *fact, struct arena *arena)
{
	if (facts->count == facts->capacity) {
		size_t capacity = facts->capacity > 0 ? 2 * facts->capacity : 16;
		const Rp__V1__Fact **items = arena_array(arena, capacity, sizeof(*items));
		if (facts->count > 0)
			memcpy(items, facts->items, facts->count * sizeof(*items));
		facts->items = items;
		facts->capacity = capacity;
	}
	facts->items[facts->count++] = fact;
}

static void release(void *message)
{
	protobuf_c_message_free_unpacked(message, NULL);
}

bool facts_unpack(const void *body, size_t len, const Rp__V1__GateRequest *request, struct arena *arena,
	const Rp__V1__EvidenceFact **fact, struct err *err)
{
	ProtobufCMessage *message;
	bool newer;
	if (!record_unpack(&rp__v1__evidence_fact__descriptor, body, len, &message, &newer, err))
		return false;
	arena_defer(arena, release, message);
	const Rp__V1__EvidenceFact *f = (const Rp__V1__EvidenceFact *)message;
	if (f->fact == NULL)
		return err_set(err, ERR_INVALID, "the record has no fact");
	if (strcmp(f->workspace, request->workspace) != 0 || strcmp(f->service, request->release->service) != 0 ||
		strcmp(f->environment, request->release->environment) != 0)
		return err_set(err, ERR_INVALID, "the fact is about another service or environment");
	*fact = f;
	return true;
}

void facts_unseal(struct facts *facts, const Rp__V1__GateRequest *request, const struct mac_keys *keys, const char *key,
	const struct log_ctx *log, struct arena *arena)
{
	for (size_t i = 0; i < request->n_observed; i++) {
		const Rp__V1__SealedFact *sealed = request->observed[i];
		const struct bus_record record = {
			.topic = TOPIC_EVIDENCE_FACTS,
			.key = key,
			.ce_id = sealed->ce_id,
			.ce_time_us = sealed->ce_time_us,
			.body = sealed->body.data,
			.len = sealed->body.len,
			.mac = sealed->mac.len == SHA256_SIZE ? sealed->mac.data : NULL,
		};
		const Rp__V1__EvidenceFact *fact;
		struct err err = { 0 };
		if (!record_mac_holds(keys, &record))
			err_set(&err, ERR_UNVERIFIED, "the authentication code of a recorded fact does not hold");
		else if (facts_unpack(record.body, record.len, request, arena, &fact, &err))
			facts_add(facts, fact->fact, arena);
		if (err.kind != ERR_NONE) {
			metric_add(&refused, NULL, 1);
			log_err(LOG_LEVEL_WARN, log, "a recorded fact is left out", &err);
		}
	}
}
