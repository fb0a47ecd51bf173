#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/names.h"
#include "policy/query.h"
#include "unit.h"

/* protobuf-c wants char *. */
static char *text(struct scene *scene, const char *value)
{
	return arena_strdup(scene->arena, value);
}

void scene_init(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->arena = arena_create();
	rp__v1__gate_request__init(&scene->request);
	rp__v1__release__init(&scene->release);
	rp__v1__actor__init(&scene->actor);
	rp__v1__binding__init(&scene->binding);
	rp__v1__last_good__init(&scene->last_good);
	scene->release.service = text(scene, "checkout-api");
	scene->release.environment = text(scene, "production");
	scene->release.namespace_ = text(scene, "apps-checkout");
	scene->release.release_id = text(scene, "gh-123456");
	scene->release.version = text(scene, "2.18.4");
	scene->release.source_sha = text(scene, SCENE_SHA);
	scene->release.artifact_digest = text(scene, SCENE_DIGEST);
	scene->actor.subject = text(scene, "ci/checkout");
	scene->actor.kind = text(scene, "pipeline");
	scene->connectors[0] = text(scene, "prometheus");
	scene->binding.mode = RP__V1__MODE__MODE_SHADOW;
	scene->binding.threshold = RP__V1__DECISION__DECISION_REQUIRE_APPROVAL;
	scene->binding.connectors = scene->connectors;
	scene->binding.n_connectors = 1;
	scene->last_good.artifact_digest = text(scene, SCENE_GOOD);
	scene->last_good.passport_id = text(scene, "pp_01");
	scene->request.evaluation_id = text(scene, "e1");
	scene->request.request_digest = text(scene, "r1");
	scene->request.workspace = text(scene, "default");
	scene->request.kind = RP__V1__REQUEST_KIND__REQUEST_GATE;
	scene->request.release = &scene->release;
	scene->request.actor = &scene->actor;
	scene->request.binding = &scene->binding;
	scene->request.last_good = &scene->last_good;
	scene->request.facts = scene->facts;
	scene->request.requested_at_us = SCENE_NOW_US - SCENE_SECOND_US;
}

void scene_finish(struct scene *scene)
{
	arena_destroy(scene->arena);
}

static Rp__V1__Fact *fact_create(struct scene *scene, Rp__V1__EvidenceClass evidence_class, const char *value)
{
	Rp__V1__Fact *fact = arena_alloc(scene->arena, sizeof(*fact));
	rp__v1__fact__init(fact);
	fact->fact_id = arena_printf(scene->arena, "f%zu", scene->request.n_facts + scene->observed_count);
	fact->evidence_class = evidence_class;
	fact->status = RP__V1__FACT_STATUS__FACT_OK;
	fact->observed_at_us = SCENE_NOW_US;
	fact->value.data = (uint8_t *)text(scene, value);
	fact->value.len = strlen(value);
	return fact;
}

static Rp__V1__Fact *state(
	struct scene *scene, Rp__V1__EvidenceClass evidence_class, const char *type, const char *value)
{
	Rp__V1__Fact *fact = fact_create(scene, evidence_class, value);
	ck_assert_uint_lt(scene->request.n_facts, SCENE_FACTS_MAX);
	fact->type = text(scene, type);
	fact->source_sha = scene->release.source_sha;
	fact->artifact_digest = scene->release.artifact_digest;
	scene->facts[scene->request.n_facts++] = fact;
	return fact;
}

Rp__V1__Fact *scene_post(struct scene *scene, const char *type, const char *value)
{
	return state(scene, RP__V1__EVIDENCE_CLASS__CLASS_INGESTED, type, value);
}

Rp__V1__Fact *scene_claim(struct scene *scene, const char *type, const char *value)
{
	return state(scene, RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED, type, value);
}

Rp__V1__Fact *scene_observe(struct scene *scene, const char *query, const char *value)
{
	char digest[POLICY_QUERY_DIGEST_SIZE];
	Rp__V1__Fact *fact = fact_create(scene, RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED, value);
	ck_assert_uint_lt(scene->observed_count, SCENE_FACTS_MAX);
	fact->connector = scene->connectors[0];
	fact->query_digest = text(scene, policy_query_digest(scene->connectors[0], query, digest));
	scene->observed[scene->observed_count++] = fact;
	return fact;
}

struct policy *scene_policy(const char *yaml)
{
	struct arena *arena = arena_create();
	struct policy *policy = NULL;
	struct policy_findings findings;
	struct err err = { 0 };
	ck_assert_msg(policy_parse(yaml, strlen(yaml), &policy, arena, &findings, &err), "%s: %s\n%s", err.where,
		err.text, yaml);
	arena_destroy(arena);
	return policy;
}

const Rp__V1__Verdict *scene_decide(struct scene *scene, const struct policy *policy)
{
	Rp__V1__Verdict *verdict = NULL;
	struct err err = { 0 };
	ck_assert_msg(decide(policy, &scene->request, scene->observed, scene->observed_count, SCENE_NOW_US,
			      SCENE_NOW_US, scene->arena, &verdict, &err),
		"%s", err.text);
	return verdict;
}

static void destroy(void *policy)
{
	policy_destroy(policy);
}

const Rp__V1__Verdict *scene_expect(struct scene *scene, const char *yaml, Rp__V1__Decision decision)
{
	struct policy *policy = scene_policy(yaml);
	/* The verdict borrows from it. */
	arena_defer(scene->arena, destroy, policy);
	const Rp__V1__Verdict *verdict = scene_decide(scene, policy);
	ck_assert_msg(verdict->decision == decision, "%s instead of %s: %s", decision_name(verdict->decision),
		decision_name(decision), verdict->rules[0]->text);
	return verdict;
}

const Rp__V1__RuleResult *scene_rule(const Rp__V1__Verdict *verdict, const char *rule)
{
	for (size_t i = 0; i < verdict->n_rules; i++)
		if (strcmp(verdict->rules[i]->rule, rule) == 0)
			return verdict->rules[i];
	return NULL;
}
