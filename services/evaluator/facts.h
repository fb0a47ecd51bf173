/*
 * Observed facts, from wherever they come: only those count that the connector-worker sealed and that speak of the
 * evaluation's own workspace, service and environment.
 */
#ifndef EVALUATOR_FACTS_H
#define EVALUATOR_FACTS_H

#include "base/arena.h"
#include "bus/record.h"
#include "evidence.pb-c.h"
#include "gate.pb-c.h"
#include "log/log.h"

/* Facts of one evaluation; they lie in its arena. */
struct facts {
	const Rp__V1__Fact **items;
	size_t count, capacity;
};

void facts_add(struct facts *facts, const Rp__V1__Fact *fact, struct arena *arena);

/* Unpacks an EvidenceFact into the arena and checks whose it is. ERR_INVALID. */
bool facts_unpack(const void *body, size_t len, const Rp__V1__GateRequest *request, struct arena *arena,
	const Rp__V1__EvidenceFact **fact, struct err *err) MUST_CHECK;

/*
 * Adds the facts that the request carries sealed. Those whose authentication code does not hold are left out and
 * counted in rp_sealed_facts_refused_total: the evidence is then asked for again.
 */
void facts_unseal(struct facts *facts, const Rp__V1__GateRequest *request, const struct mac_keys *keys, const char *key,
	const struct log_ctx *log, struct arena *arena);

#endif
