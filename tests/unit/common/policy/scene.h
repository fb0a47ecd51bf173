/* A gate call for tests: a request with its facts, at a fixed time. */
#ifndef TESTS_UNIT_POLICY_SCENE_H
#define TESTS_UNIT_POLICY_SCENE_H

#include "base/arena.h"
#include "gate.pb-c.h"
#include "policy/policy.h"
#include "verdict.pb-c.h"

#define SCENE_NOW_US INT64_C(1779012720000000) /* 2026-05-17T10:12:00Z */
#define SCENE_SECOND_US INT64_C(1000000)
#define SCENE_SHA "0123456789abcdef0123456789abcdef01234567"
#define SCENE_DIGEST "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SCENE_GOOD "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define SCENE_FACTS_MAX 32

struct scene {
	struct arena *arena;
	Rp__V1__GateRequest request;
	Rp__V1__Release release;
	Rp__V1__Actor actor;
	Rp__V1__Binding binding;
	Rp__V1__LastGood last_good;
	Rp__V1__Fact *facts[SCENE_FACTS_MAX];
	const Rp__V1__Fact *observed[SCENE_FACTS_MAX];
	size_t observed_count;
	char *connectors[1];
};

/* checkout-api for production, in shadow mode, with the connector prometheus and a last good release; no facts. */
void scene_init(struct scene *scene);
void scene_finish(struct scene *scene);

/* Facts of now, ok; what the test wants otherwise it sets in what they return. value is JSON. */
Rp__V1__Fact *scene_post(struct scene *scene, const char *type, const char *value);
Rp__V1__Fact *scene_claim(struct scene *scene, const char *type, const char *value);
/* query is the text as it is asked. */
Rp__V1__Fact *scene_observe(struct scene *scene, const char *query, const char *value);

/* The policy of this text; the test fails if it is refused. To be destroyed by policy_destroy. */
struct policy *scene_policy(const char *yaml);

const Rp__V1__Verdict *scene_decide(struct scene *scene, const struct policy *policy);
/* Parses the policy and decides; the verdict must be this. */
const Rp__V1__Verdict *scene_expect(struct scene *scene, const char *yaml, Rp__V1__Decision decision);
/* The result of this rule; NULL if there is none. */
const Rp__V1__RuleResult *scene_rule(const Rp__V1__Verdict *verdict, const char *rule);

#endif
