/* Which fact stands for a piece of declared evidence, and whether it is any good. */
#ifndef POLICY_EVIDENCE_H
#define POLICY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "gate.pb-c.h"
#include "policy/policy.h"

struct json_object;

enum evidence_status {
	EVIDENCE_OK,
	EVIDENCE_MISSING,
	EVIDENCE_CLASS, /* only facts of a lower class than the policy asks for */
	EVIDENCE_NO_DATA,
	EVIDENCE_NAN,
	EVIDENCE_ERROR,
	EVIDENCE_PARTIAL,
	EVIDENCE_TIMEOUT,
	EVIDENCE_STALE,
};

struct evidence_state {
	const struct policy_evidence *declared;
	const Rp__V1__Fact *fact; /* NULL: there is none to show */
	enum evidence_status status;
	int64_t age_ms;            /* of the fact, 0 or more */
	struct json_object *value; /* if ok: the fact's object; lives as long as the arena */
	const char *problem;       /* if not ok: the sentence for people, with the evidence's name */
	const char *next_action;   /* if not ok: what may help */
};

/* The word: "ok", "missing", ... */
const char *evidence_status_name(enum evidence_status status);

/*
 * Picks the newest fact of the declared class or a higher one: observed evidence by its query's digest among observed,
 * the rest by type among request->facts, where a commit or digest that the fact names must be the request's. Facts of
 * the same time are ranked by content, the bad ones first, so that their order never matters.
 */
void evidence_find(const struct policy_evidence *declared, const Rp__V1__GateRequest *request,
	const Rp__V1__Fact *const *observed, size_t observed_count, int64_t now_us, struct arena *arena,
	struct evidence_state *state);

/* Of the facts that answer this query, the one that evidence_find would pick; NULL if there is none. */
const Rp__V1__Fact *evidence_observed(const char *query_digest, const Rp__V1__Fact *const *observed, size_t count);

#endif
