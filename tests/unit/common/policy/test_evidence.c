#include "policy/evidence.h"

#include <json-c/json_object.h>
#include <string.h>

#include "scene.h"
#include "unit.h"

#define QUERY "errors"

static const struct policy_evidence posted = {
	.name = "smoke", .type = "smoke", .max_age_ms = 120000, .evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_INGESTED
};
static const struct policy_evidence claimed = {
	.name = "health", .type = "health", .evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED
};
static const struct policy_evidence seen = { .name = "errorRate",
	.type = "errorRate",
	.connector = "prometheus",
	.query = QUERY,
	.max_age_ms = 120000,
	.timeout_ms = 3000,
	.evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED };

static struct evidence_state find(struct scene *scene, const struct policy_evidence *declared)
{
	struct evidence_state state;
	evidence_find(
		declared, &scene->request, scene->observed, scene->observed_count, SCENE_NOW_US, scene->arena, &state);
	return state;
}

static void expect(const struct evidence_state *state, const char *status, const char *problem, const char *next_action)
{
	ck_assert_str_eq(evidence_status_name(state->status), status);
	ck_assert_str_eq(state->problem, problem);
	ck_assert_str_eq(state->next_action, next_action);
	ck_assert_ptr_null(state->value);
}

START_TEST(test_evidence__is_ok)
{
	struct scene scene;
	scene_init(&scene);
	Rp__V1__Fact *post = scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
	Rp__V1__Fact *fact = scene_observe(&scene, QUERY, "{\"value\":0.004}");
	post->observed_at_us -= 5 * SCENE_SECOND_US;
	struct evidence_state state = find(&scene, &posted);
	ck_assert_int_eq(state.status, EVIDENCE_OK);
	ck_assert_ptr_eq(state.fact, post);
	ck_assert_int_eq(state.age_ms, 5000);
	ck_assert_str_eq(
		json_object_to_json_string_ext(state.value, JSON_C_TO_STRING_PLAIN), "{\"status\":\"passed\"}");
	state = find(&scene, &seen);
	ck_assert_int_eq(state.status, EVIDENCE_OK);
	ck_assert_ptr_eq(state.fact, fact);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__is_missing)
{
	struct scene scene;
	scene_init(&scene);
	struct evidence_state state = find(&scene, &posted);
	expect(&state, "missing", "smoke is missing: none was posted for this release",
		"post smoke evidence for this release");
	state = find(&scene, &claimed);
	expect(&state, "missing", "health is missing: the request states none",
		"state health evidence in the gate's request");
	state = find(&scene, &seen);
	expect(&state, "missing", "errorRate is missing: there is no answer from prometheus",
		"check the prometheus connector");
	ck_assert_ptr_null(state.fact);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__of_a_lower_class_never_satisfies)
{
	struct scene scene;
	scene_init(&scene);
	scene_claim(&scene, "smoke", "{\"status\":\"passed\"}");
	scene_claim(&scene, "errorRate", "{\"value\":0}");
	struct evidence_state state = find(&scene, &posted);
	expect(&state, "class", "smoke is only claimed, the policy asks for ingested evidence",
		"post smoke evidence for this release");
	ck_assert_ptr_eq(state.fact, scene.facts[0]);
	state = find(&scene, &seen);
	expect(&state, "class", "errorRate is only claimed, the policy asks for observed evidence",
		"check the prometheus connector");
	scene_post(&scene, "errorRate", "{\"value\":0}");
	state = find(&scene, &seen);
	expect(&state, "class", "errorRate is only ingested, the policy asks for observed evidence",
		"check the prometheus connector");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__of_a_higher_class_satisfies)
{
	struct scene scene;
	scene_init(&scene);
	Rp__V1__Fact *post = scene_post(&scene, "health", "{}");
	struct evidence_state state = find(&scene, &claimed);
	ck_assert_int_eq(state.status, EVIDENCE_OK);
	ck_assert_ptr_eq(state.fact, post);
	Rp__V1__Fact *attested = scene_post(&scene, "smoke", "{}");
	attested->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_ATTESTED;
	state = find(&scene, &posted);
	ck_assert_int_eq(state.status, EVIDENCE_OK);
	ck_assert_ptr_eq(state.fact, attested);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__in_the_wrong_place_does_not_count)
{
	/* The gate's own facts are never observed, and what no connector sealed is no observation. */
	struct scene scene;
	scene_init(&scene);
	scene_post(&scene, "smoke", "{}")->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED;
	scene_post(&scene, "smoke", "{}")->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_UNKNOWN;
	scene_observe(&scene, QUERY, "{}")->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_INGESTED;
	scene_observe(&scene, "another query", "{}");
	ck_assert_int_eq(find(&scene, &posted).status, EVIDENCE_MISSING);
	ck_assert_int_eq(find(&scene, &seen).status, EVIDENCE_MISSING);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__speaks_of_its_release_alone)
{
	static const struct {
		const char *sha, *digest;
		enum evidence_status status;
	} cases[] = {
		{ SCENE_SHA, SCENE_DIGEST, EVIDENCE_OK },
		{ SCENE_SHA, "", EVIDENCE_OK },
		{ "", SCENE_DIGEST, EVIDENCE_OK },
		{ "", "", EVIDENCE_OK },
		{ "ffffffffffffffffffffffffffffffffffffffff", SCENE_DIGEST, EVIDENCE_MISSING },
		{ SCENE_SHA, SCENE_GOOD, EVIDENCE_MISSING },
		{ "ffffffffffffffffffffffffffffffffffffffff", "", EVIDENCE_MISSING },
		{ "", SCENE_GOOD, EVIDENCE_MISSING },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		Rp__V1__Fact *fact = scene_post(&scene, "smoke", "{}");
		fact->source_sha = arena_strdup(scene.arena, cases[i].sha);
		fact->artifact_digest = arena_strdup(scene.arena, cases[i].digest);
		ck_assert_msg(find(&scene, &posted).status == cases[i].status, "case %zu", i);
		scene_finish(&scene);
	}
	/* What the request does not state can't match. */
	struct scene scene;
	scene_init(&scene);
	scene_post(&scene, "smoke", "{}");
	scene.release.artifact_digest = arena_strdup(scene.arena, "");
	scene.facts[0]->artifact_digest = arena_strdup(scene.arena, SCENE_DIGEST);
	ck_assert_int_eq(find(&scene, &posted).status, EVIDENCE_MISSING);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__is_the_newest)
{
	struct scene scene;
	scene_init(&scene);
	scene_post(&scene, "smoke", "{\"n\":1}")->observed_at_us -= 2 * SCENE_SECOND_US;
	Rp__V1__Fact *newest = scene_post(&scene, "smoke", "{\"n\":2}");
	scene_post(&scene, "smoke", "{\"n\":3}")->observed_at_us -= 3 * SCENE_SECOND_US;
	ck_assert_ptr_eq(find(&scene, &posted).fact, newest);
	/* An answer that failed since then is the newer one. */
	scene_observe(&scene, QUERY, "{\"value\":1}")->observed_at_us -= SCENE_SECOND_US;
	scene_observe(&scene, QUERY, "")->status = RP__V1__FACT_STATUS__FACT_ERROR;
	ck_assert_int_eq(find(&scene, &seen).status, EVIDENCE_ERROR);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__of_one_time_has_one_order)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		struct scene scene;
		scene_init(&scene);
		Rp__V1__Fact *a = scene_post(&scene, "smoke", "{\"n\":1}"),
			     *b = scene_post(&scene, "smoke", "{\"n\":2}");
		a->fact_id = arena_strdup(scene.arena, "same");
		b->fact_id = arena_strdup(scene.arena, "same");
		scene.facts[0] = swapped ? b : a;
		scene.facts[1] = swapped ? a : b;
		ck_assert_ptr_eq(find(&scene, &posted).fact, b);
		a->status = RP__V1__FACT_STATUS__FACT_PARTIAL;
		ck_assert_ptr_eq(find(&scene, &posted).fact, a);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_evidence__has_the_status_of_its_source)
{
	static const struct {
		Rp__V1__FactStatus fact;
		const char *detail;
		const char *status;
		const char *problem;
	} cases[] = {
		{ RP__V1__FACT_STATUS__FACT_NO_DATA, "", "no_data",
			"errorRate has no data: prometheus answered with nothing" },
		{ RP__V1__FACT_STATUS__FACT_NAN, "", "nan", "errorRate is not a number" },
		{ RP__V1__FACT_STATUS__FACT_ERROR, "HTTP 500\nserver\terror \x1b[31m", "error",
			"errorRate failed: HTTP 500 server error [31m" },
		{ RP__V1__FACT_STATUS__FACT_ERROR, "", "error", "errorRate failed: its source gave an error" },
		{ RP__V1__FACT_STATUS__FACT_PARTIAL, "2 of 3 stores", "partial",
			"errorRate is incomplete: 2 of 3 stores" },
		{ RP__V1__FACT_STATUS__FACT_TIMEOUT, "", "timeout",
			"errorRate came too late: prometheus did not answer within 3 seconds" },
		{ RP__V1__FACT_STATUS__FACT_UNKNOWN, "", "error", "errorRate failed: its source gave an error" },
		{ (Rp__V1__FactStatus)99, "", "error", "errorRate failed: its source gave an error" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		Rp__V1__Fact *fact = scene_observe(&scene, QUERY, "{\"value\":1}");
		fact->status = cases[i].fact;
		fact->detail = arena_strdup(scene.arena, cases[i].detail);
		/* The source's word has precedence over the age. */
		fact->observed_at_us -= 3600 * SCENE_SECOND_US;
		struct evidence_state state = find(&scene, &seen);
		expect(&state, cases[i].status, cases[i].problem, "check the prometheus connector");
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_evidence__has_an_age)
{
	static const struct {
		int64_t ahead_us;
		const char *status;
		const char *problem;
	} cases[] = {
		{ 0, "ok", NULL },
		{ -120 * SCENE_SECOND_US, "ok", NULL },
		{ -120 * SCENE_SECOND_US - 1, "stale",
			"errorRate was last seen a little over 2 minutes ago, allowed are 2 minutes" },
		{ -7 * 60 * SCENE_SECOND_US, "stale", "errorRate was last seen 7 minutes ago, allowed are 2 minutes" },
		{ 60 * SCENE_SECOND_US, "ok", NULL },
		{ 60 * SCENE_SECOND_US + 1, "error", "errorRate carries a time 1 minute ahead of ours" },
		{ 3600 * SCENE_SECOND_US, "error", "errorRate carries a time 1 hour ahead of ours" },
		{ -SCENE_NOW_US, "error", "errorRate says no time when it was seen" },
		{ INT64_MIN, "error", "errorRate says no time when it was seen" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		Rp__V1__Fact *fact = scene_observe(&scene, QUERY, "{\"value\":1}");
		fact->observed_at_us = cases[i].ahead_us == INT64_MIN ? INT64_MIN : SCENE_NOW_US + cases[i].ahead_us;
		struct evidence_state state = find(&scene, &seen);
		ck_assert_msg(strcmp(evidence_status_name(state.status), cases[i].status) == 0, "case %zu: %s", i,
			evidence_status_name(state.status));
		if (cases[i].problem != NULL)
			ck_assert_str_eq(state.problem, cases[i].problem);
		ck_assert_int_ge(state.age_ms, 0);
		scene_finish(&scene);
	}
	struct scene scene;
	scene_init(&scene);
	scene_observe(&scene, QUERY, "{\"value\":1}")->observed_at_us = INT64_MAX;
	struct evidence_state state = find(&scene, &seen);
	ck_assert_int_eq(state.status, EVIDENCE_ERROR);
	/* A claim without a maximum age has none. */
	scene_claim(&scene, "health", "{}")->observed_at_us = 1;
	ck_assert_int_eq(find(&scene, &claimed).status, EVIDENCE_OK);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_evidence__must_hold_an_object)
{
	static const char *const bad[] = { "", "[]", "1", "null", "{", "{\"a\":1,\"a\":2}", "{\"a\":NaN}" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", bad[i]);
		struct evidence_state state = find(&scene, &posted);
		expect(&state, "error", "smoke failed: its value is no JSON object",
			"post smoke evidence for this release");
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_evidence__that_may_not_be_asked_is_an_error)
{
	struct scene scene;
	scene_init(&scene);
	scene_observe(&scene, QUERY, "{\"value\":1}");
	scene.binding.n_connectors = 0;
	struct evidence_state state = find(&scene, &seen);
	expect(&state, "error", "errorRate failed: this service and environment may not use the connector prometheus",
		"compare the policy with the request and its binding");
	ck_assert_ptr_null(state.fact);
	scene_finish(&scene);
}
END_TEST

UNIT_MAIN("policy/evidence", test_evidence__is_ok, test_evidence__is_missing,
	test_evidence__of_a_lower_class_never_satisfies, test_evidence__of_a_higher_class_satisfies,
	test_evidence__in_the_wrong_place_does_not_count, test_evidence__speaks_of_its_release_alone,
	test_evidence__is_the_newest, test_evidence__of_one_time_has_one_order,
	test_evidence__has_the_status_of_its_source, test_evidence__has_an_age, test_evidence__must_hold_an_object,
	test_evidence__that_may_not_be_asked_is_an_error)
