#include "policy/decide.h"

#include <string.h>

#include "base/buf.h"
#include "policy/names.h"
#include "scene.h"
#include "unit.h"

#define HEAD "apiVersion: releasepassport.dev/v1\nkind: Policy\nname: production\nversion: '7'\n"
#define EVIDENCE                                         \
	"evidence:\n"                                    \
	"  - {name: smoke, maxAge: 1d}\n"                \
	"  - {name: scan, maxAge: 7d, optional: true}\n" \
	"  - {name: errorRate, connector: prometheus, query: errors, maxAge: 2m}\n"
#define CANARY "canary: {steps: [{weight: 5, pause: 10m, watch: [errorRate, smoke]}, {weight: 100, pause: 0s}]}\n"

/* Each rule speaks for one decision. */
static const char all_six[] =
	HEAD EVIDENCE "rules:\n"
		      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK, weight: 2}\n"
		      "  - {id: errors, require: errorRate.value < 0.01, otherwise: HOLD, reason: too many errors,\n"
		      "     nextAction: look at the dashboard}\n"
		      "  - {id: approve, require: errorRate.value < 0.005, otherwise: REQUIRE_APPROVAL}\n"
		      "  - {id: canary, require: errorRate.value < 0.001, otherwise: ALLOW_WITH_CANARY}\n"
		      "  - {id: watch, require: errorRate.value < 0.1, otherwise: ROLLBACK_RECOMMENDED}\n" CANARY;

START_TEST(test_decide__reaches_all_six_decisions)
{
	static const struct {
		const char *smoke, *errors;
		Rp__V1__Decision decision;
		uint32_t confidence;
	} cases[] = {
		{ "passed", "0", RP__V1__DECISION__DECISION_ALLOW, 100 },
		{ "passed", "0.002", RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY, 100 },
		{ "passed", "0.006", RP__V1__DECISION__DECISION_REQUIRE_APPROVAL, 100 },
		{ "passed", "0.02", RP__V1__DECISION__DECISION_HOLD, 100 },
		{ "failed", "0", RP__V1__DECISION__DECISION_BLOCK, 100 },
		{ "failed", "0.5", RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED, 100 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", arena_printf(scene.arena, "{\"status\":\"%s\"}", cases[i].smoke));
		scene_observe(&scene, "errors", arena_printf(scene.arena, "{\"value\":%s}", cases[i].errors));
		const Rp__V1__Verdict *verdict = scene_expect(&scene, all_six, cases[i].decision);
		ck_assert_uint_eq(verdict->confidence_percent, cases[i].confidence);
		ck_assert_uint_eq(verdict->n_rules, 5);
		ck_assert_int_eq(verdict->retry_after_us, 0);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__tells_what_each_rule_found)
{
	struct scene scene;
	scene_init(&scene);
	scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
	scene_observe(&scene, "errors", "{\"value\":0.02}");
	const Rp__V1__Verdict *verdict = scene_expect(&scene, all_six, RP__V1__DECISION__DECISION_HOLD);
	const Rp__V1__RuleResult *result = scene_rule(verdict, "smoke");
	ck_assert_int_eq(result->outcome, RP__V1__DECISION__DECISION_ALLOW);
	ck_assert_str_eq(result->status, "satisfied");
	ck_assert_str_eq(result->text, "met: smoke.status == 'passed'");
	ck_assert_str_eq(result->next_action, "");
	ck_assert_uint_eq(result->weight, 2);
	result = scene_rule(verdict, "errors");
	ck_assert_int_eq(result->outcome, RP__V1__DECISION__DECISION_HOLD);
	ck_assert_str_eq(result->status, "unsatisfied");
	ck_assert_str_eq(result->text, "too many errors");
	ck_assert_str_eq(result->next_action, "look at the dashboard");
	result = scene_rule(verdict, "approve");
	ck_assert_str_eq(result->text, "not met: errorRate.value < 0.005");
	ck_assert_str_eq(result->next_action, "");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_decide__fills_the_verdict)
{
	struct scene scene;
	scene_init(&scene);
	Rp__V1__Fact *smoke = scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
	smoke->observed_at_us -= 5 * SCENE_SECOND_US;
	scene_observe(&scene, "errors", "{\"value\":0.002}");
	const Rp__V1__Verdict *v = scene_expect(&scene, all_six, RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY);
	ck_assert_uint_eq(v->min_reader, 1);
	ck_assert_str_eq(v->evaluation_id, "e1");
	ck_assert_str_eq(v->request_digest, "r1");
	ck_assert_str_eq(v->workspace, "default");
	ck_assert_str_eq(v->release->service, "checkout-api");
	ck_assert_str_eq(v->actor->subject, "ci/checkout");
	ck_assert_int_eq(v->binding->mode, RP__V1__MODE__MODE_SHADOW);
	ck_assert_str_eq(v->policy->name, "production");
	ck_assert_str_eq(v->policy->version, "7");
	ck_assert_int_eq(strncmp(v->policy->digest, "sha256:", 7), 0);
	ck_assert_int_eq(v->requested_at_us, SCENE_NOW_US - SCENE_SECOND_US);
	ck_assert_int_eq(v->decided_at_us, SCENE_NOW_US);
	ck_assert_int_eq(v->evidence_complete_at_us, SCENE_NOW_US);
	ck_assert_uint_eq(v->n_facts, 3);
	ck_assert_str_eq(v->facts[0]->name, "smoke");
	ck_assert_str_eq(v->facts[0]->status, "ok");
	ck_assert_int_eq(v->facts[0]->age_ms, 5000);
	ck_assert_ptr_eq(v->facts[0]->fact, smoke);
	ck_assert_str_eq(v->facts[1]->name, "scan");
	ck_assert_str_eq(v->facts[1]->status, "missing");
	ck_assert_ptr_null(v->facts[1]->fact);
	ck_assert_uint_eq(v->n_canary, 2);
	ck_assert_uint_eq(v->canary[0]->weight_percent, 5);
	ck_assert_int_eq(v->canary[0]->pause_ms, 600000);
	ck_assert_uint_eq(v->canary[0]->n_watch, 2);
	ck_assert_str_eq(v->canary[0]->watch[1], "smoke");
	ck_assert_uint_eq(v->canary[1]->n_watch, 0);
	/* It can be sent as it is. */
	size_t size = rp__v1__verdict__get_packed_size(v);
	uint8_t *packed = arena_alloc(scene.arena, size);
	ck_assert_uint_eq(rp__v1__verdict__pack(v, packed), size);
	Rp__V1__Verdict *back = rp__v1__verdict__unpack(NULL, size, packed);
	ck_assert_ptr_nonnull(back);
	ck_assert_str_eq(back->rules[0]->rule, "smoke");
	rp__v1__verdict__free_unpacked(back, NULL);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_decide__takes_absence_before_the_expression)
{
	/* Rules that would be true if their evidence were asked in vain. */
	static const struct {
		const char *rule;
		Rp__V1__Decision decision;
	} cases[] = {
		{ "require: '!(errorRate.value > 5.0)', otherwise: HOLD", RP__V1__DECISION__DECISION_HOLD },
		{ "require: smoke.status == 'passed' || errorRate.value > 5.0, otherwise: REQUIRE_APPROVAL",
			RP__V1__DECISION__DECISION_HOLD },
		{ "require: smoke.status == 'passed' || errorRate.value > 5.0, otherwise: BLOCK",
			RP__V1__DECISION__DECISION_BLOCK },
		{ "require: '!has(errorRate.value)', otherwise: HOLD", RP__V1__DECISION__DECISION_HOLD },
		{ "require: '[1].all(errorRate, errorRate == 1)', otherwise: BLOCK", RP__V1__DECISION__DECISION_ALLOW },
		{ "require: errorRate.value < 0.1, otherwise: ROLLBACK_RECOMMENDED", RP__V1__DECISION__DECISION_HOLD },
		{ "require: errorRate.value < 0.1, otherwise: BLOCK, missing: ROLLBACK_RECOMMENDED",
			RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED },
		{ "require: errorRate.value < 0.1, otherwise: BLOCK, missing: REQUIRE_APPROVAL, milder: true",
			RP__V1__DECISION__DECISION_REQUIRE_APPROVAL },
		{ "require: errorRate.value < 0.1, otherwise: BLOCK, missing: ALLOW, milder: true",
			RP__V1__DECISION__DECISION_ALLOW },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD EVIDENCE "rules:\n  - {id: r, %s}\n"
				      "  - {id: used, require: smoke.status == 'passed', otherwise: HOLD}\n",
			cases[i].rule);
		scene_expect(&scene, buf_str(&text), cases[i].decision);
		scene_finish(&scene);
	}
}
END_TEST

static const char one_rule[] =
	HEAD EVIDENCE "rules:\n"
		      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK, weight: 3}\n"
		      "  - {id: errors, require: errorRate.value < 0.01, otherwise: HOLD}\n";

START_TEST(test_decide__tells_each_absent_status)
{
	static const struct {
		Rp__V1__FactStatus fact;
		int64_t age_s;
		const char *status;
		const char *text;
	} cases[] = {
		{ RP__V1__FACT_STATUS__FACT_OK, 420, "stale",
			"errorRate was last seen 7 minutes ago, allowed are 2 minutes" },
		{ RP__V1__FACT_STATUS__FACT_OK, -61, "error", "errorRate carries a time 1 minute ahead of ours" },
		{ RP__V1__FACT_STATUS__FACT_NO_DATA, 0, "no_data",
			"errorRate has no data: prometheus answered with nothing" },
		{ RP__V1__FACT_STATUS__FACT_NAN, 0, "nan", "errorRate is not a number" },
		{ RP__V1__FACT_STATUS__FACT_ERROR, 0, "error", "errorRate failed: its source gave an error" },
		{ RP__V1__FACT_STATUS__FACT_PARTIAL, 0, "partial", "errorRate is incomplete" },
		{ RP__V1__FACT_STATUS__FACT_TIMEOUT, 0, "timeout",
			"errorRate came too late: prometheus did not answer within 3 seconds" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
		Rp__V1__Fact *fact = scene_observe(&scene, "errors", "{\"value\":0}");
		fact->status = cases[i].fact;
		fact->observed_at_us -= cases[i].age_s * SCENE_SECOND_US;
		const Rp__V1__Verdict *verdict = scene_expect(&scene, one_rule, RP__V1__DECISION__DECISION_HOLD);
		const Rp__V1__RuleResult *result = scene_rule(verdict, "errors");
		ck_assert_str_eq(result->status, cases[i].status);
		ck_assert_str_eq(result->text, cases[i].text);
		ck_assert(!result->milder);
		ck_assert_str_eq(verdict->facts[2]->status, cases[i].status);
		ck_assert_ptr_eq(verdict->facts[2]->fact, fact);
		ck_assert_uint_eq(verdict->confidence_percent, 75);
		ck_assert_int_eq(verdict->retry_after_us, SCENE_NOW_US + 3 * SCENE_SECOND_US);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__tells_what_is_missing_and_only_claimed)
{
	struct scene scene;
	scene_init(&scene);
	scene_observe(&scene, "errors", "{\"value\":0}");
	const Rp__V1__Verdict *verdict = scene_expect(&scene, one_rule, RP__V1__DECISION__DECISION_BLOCK);
	ck_assert_str_eq(scene_rule(verdict, "smoke")->status, "missing");
	ck_assert_str_eq(scene_rule(verdict, "smoke")->next_action, "post smoke evidence for this release");
	ck_assert_uint_eq(verdict->confidence_percent, 25);
	ck_assert_int_eq(verdict->retry_after_us, 0);
	scene_claim(&scene, "smoke", "{\"status\":\"passed\"}");
	verdict = scene_expect(&scene, one_rule, RP__V1__DECISION__DECISION_BLOCK);
	ck_assert_str_eq(scene_rule(verdict, "smoke")->status, "class");
	ck_assert_str_eq(
		scene_rule(verdict, "smoke")->text, "smoke is only claimed, the policy asks for ingested evidence");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_decide__names_all_that_is_absent_in_a_rule)
{
	struct scene scene;
	scene_init(&scene);
	const Rp__V1__Verdict *verdict = scene_expect(&scene,
		HEAD EVIDENCE
		"rules: [{id: r, require: errorRate.value < 1.0 && smoke.ok && scan.ok, otherwise: REQUIRE_APPROVAL,\n"
		"         nextAction: call somebody}]\n",
		RP__V1__DECISION__DECISION_HOLD);
	ck_assert_str_eq(verdict->rules[0]->text, "smoke is missing: none was posted for this release; scan is "
						  "missing: none was posted for this release; "
						  "errorRate is missing: there is no answer from prometheus");
	ck_assert_str_eq(verdict->rules[0]->next_action, "call somebody");
	/* The connector's time is shorter than the minute for what is posted. */
	ck_assert_int_eq(verdict->retry_after_us, SCENE_NOW_US + 3 * SCENE_SECOND_US);
	ck_assert_uint_eq(verdict->n_rules, 1);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_decide__shows_what_the_policy_lets_be_milder)
{
	struct scene scene;
	scene_init(&scene);
	scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
	const Rp__V1__Verdict *verdict = scene_expect(&scene,
		HEAD EVIDENCE "rules:\n"
			      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK}\n"
			      "  - {id: errors, require: errorRate.value < 0.01, otherwise: HOLD, missing: ALLOW,\n"
			      "     milder: true}\n",
		RP__V1__DECISION__DECISION_ALLOW);
	const Rp__V1__RuleResult *result = scene_rule(verdict, "errors");
	ck_assert(result->milder);
	ck_assert_str_eq(result->status, "missing");
	ck_assert_str_eq(result->text,
		"errorRate is missing: there is no answer from prometheus; the policy lets that count as ALLOW");
	ck_assert_uint_eq(verdict->confidence_percent, 50);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_decide__leaves_optional_evidence_to_has)
{
	static const struct {
		const char *scan; /* NULL: none */
		const char *require;
		const char *status;
	} cases[] = {
		{ NULL, "!has(scan.critical) || scan.critical == 0", "satisfied" },
		{ "{\"critical\":0}", "!has(scan.critical) || scan.critical == 0", "satisfied" },
		{ "{\"critical\":2}", "!has(scan.critical) || scan.critical == 0", "unsatisfied" },
		{ "{\"high\":2}", "!has(scan.critical) || scan.critical == 0", "satisfied" },
		{ NULL, "has(scan.critical) && scan.critical == 0", "unsatisfied" },
		{ "{\"critical\":0}", "has(scan.critical) && scan.critical == 0", "satisfied" },
		/* No has(): absence counts as with any other. */
		{ NULL, "scan.critical == 0", "missing" },
		{ NULL, "scan.critical == 0 || smoke.status == 'passed'", "missing" },
		/* Beyond what has() guards. */
		{ NULL, "!has(scan.critical) && scan.high == 0", "error" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
		if (cases[i].scan != NULL)
			scene_post(&scene, "scan", cases[i].scan);
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD EVIDENCE "rules:\n"
				      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK}\n"
				      "  - {id: r, require: \"%s\", otherwise: HOLD}\n",
			cases[i].require);
		bool met = strcmp(cases[i].status, "satisfied") == 0;
		const Rp__V1__Verdict *verdict = scene_expect(&scene, buf_str(&text),
			met ? RP__V1__DECISION__DECISION_ALLOW : RP__V1__DECISION__DECISION_HOLD);
		ck_assert_msg(strcmp(scene_rule(verdict, "r")->status, cases[i].status) == 0, "%s: %s",
			cases[i].require, scene_rule(verdict, "r")->status);
		/* Without its evidence a rule is no matter of confidence. */
		ck_assert_uint_eq(verdict->confidence_percent, cases[i].scan != NULL ? 100 : 50);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__holds_where_an_expression_fails)
{
	static const struct {
		const char *rule;
		Rp__V1__Decision decision;
		const char *text;
	} cases[] = {
		{ "require: smoke.staus == 'passed', otherwise: REQUIRE_APPROVAL", RP__V1__DECISION__DECISION_HOLD,
			NULL },
		{ "require: smoke.status, otherwise: BLOCK", RP__V1__DECISION__DECISION_BLOCK,
			"the rule can't be evaluated: it is string, neither true nor false" },
		{ "require: smoke.count / 0 == 1, otherwise: HOLD", RP__V1__DECISION__DECISION_HOLD, NULL },
		{ "require: smoke.count < 1, otherwise: ROLLBACK_RECOMMENDED", RP__V1__DECISION__DECISION_HOLD, NULL },
		/* What absence may mean is no word on this. */
		{ "require: smoke.staus == 'passed', otherwise: HOLD, missing: ALLOW, milder: true",
			RP__V1__DECISION__DECISION_HOLD, NULL },
		{ "require: smoke.staus == 'passed', otherwise: HOLD, missing: BLOCK", RP__V1__DECISION__DECISION_BLOCK,
			NULL },
		{ "require: 'smoke.l.all(a, smoke.l.all(b, smoke.l.all(c, a + b + c < 9)))', otherwise: HOLD",
			RP__V1__DECISION__DECISION_HOLD,
			"the rule can't be evaluated: the expression costs more than 30000 (at 1:56 of its "
			"expression)" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke",
			"{\"status\":\"passed\",\"count\":\"x\",\"l\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"
			"}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text, HEAD EVIDENCE "rules:\n  - {id: r, %s}\n", cases[i].rule);
		const Rp__V1__Verdict *verdict = scene_expect(&scene, buf_str(&text), cases[i].decision);
		ck_assert_str_eq(verdict->rules[0]->status, "error");
		ck_assert(!verdict->rules[0]->milder);
		if (cases[i].text != NULL)
			ck_assert_str_eq(verdict->rules[0]->text, cases[i].text);
		ck_assert_int_eq(strncmp(verdict->rules[0]->text, "the rule can't be evaluated: ", 29), 0);
		ck_assert_uint_eq(verdict->confidence_percent, 0);
		ck_assert_int_eq(verdict->retry_after_us, 0);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__never_allows_on_nothing)
{
	static const struct {
		const char *rules;
		Rp__V1__Decision decision;
		bool ours;
	} cases[] = {
		{ "  - {id: r, require: smoke.ok, otherwise: HOLD, missing: ALLOW, milder: true}\n",
			RP__V1__DECISION__DECISION_HOLD, true },
		{ "  - {id: r, require: smoke.ok, otherwise: HOLD, missing: ALLOW_WITH_CANARY, milder: true}\n" CANARY,
			RP__V1__DECISION__DECISION_HOLD, true },
		/* Else this one more rule would make the first policy milder. */
		{ "  - {id: r, require: smoke.ok, otherwise: HOLD, missing: REQUIRE_APPROVAL, milder: true}\n",
			RP__V1__DECISION__DECISION_HOLD, true },
		{ "  - {id: r, require: smoke.ok, otherwise: HOLD}\n", RP__V1__DECISION__DECISION_HOLD, false },
		{ "  - {id: r, require: smoke.ok, otherwise: BLOCK}\n", RP__V1__DECISION__DECISION_BLOCK, false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		/* Optional evidence does not count. */
		scene_post(&scene, "scan", "{\"critical\":0}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text, HEAD EVIDENCE "rules:\n%s", cases[i].rules);
		const Rp__V1__Verdict *verdict = scene_expect(&scene, buf_str(&text), cases[i].decision);
		const Rp__V1__RuleResult *ours = scene_rule(verdict, POLICY_RULE_NO_EVIDENCE);
		ck_assert_int_eq(ours != NULL, cases[i].ours);
		if (ours != NULL) {
			ck_assert_int_eq(ours->outcome, RP__V1__DECISION__DECISION_HOLD);
			ck_assert_str_eq(ours->text,
				"none of the required evidence is there: smoke is missing: none was posted for this "
				"release; errorRate is missing: there is no answer from prometheus");
			ck_assert_int_eq(verdict->retry_after_us, SCENE_NOW_US + 3 * SCENE_SECOND_US);
		}
		ck_assert_uint_eq(verdict->n_canary, 0);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__says_when_asking_again_makes_sense)
{
	static const struct {
		const char *rule;
		bool claim;      /* smoke, where it should have been posted */
		int64_t after_s; /* 0: never by itself */
	} cases[] = {
		{ "require: smoke.ok, otherwise: HOLD", false, 60 },
		{ "require: smoke.ok, otherwise: HOLD", true, 0 },
		{ "require: health.ok, otherwise: HOLD", false, 0 },
		{ "require: errorRate.value < 1.0, otherwise: HOLD", false, 3 },
		{ "require: smoke.ok && errorRate.value < 1.0, otherwise: HOLD", false, 3 },
		{ "require: smoke.ok, otherwise: BLOCK", false, 0 },
		{ "require: scan.x > 5, otherwise: HOLD", false, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "scan", "{\"x\":1}");
		if (cases[i].claim)
			scene_claim(&scene, "smoke", "{\"ok\":true}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD EVIDENCE
			"  - {name: health, class: claimed}\n"
			"rules:\n"
			"  - {id: r, %s}\n"
			"  - {id: used, require: has(smoke.x) || mode != '', otherwise: REQUIRE_APPROVAL,\n"
			"     missing: ALLOW, milder: true}\n",
			cases[i].rule);
		bool block = strstr(cases[i].rule, "BLOCK") != NULL;
		const Rp__V1__Verdict *verdict = scene_expect(&scene, buf_str(&text),
			block ? RP__V1__DECISION__DECISION_BLOCK : RP__V1__DECISION__DECISION_HOLD);
		int64_t expected = cases[i].after_s == 0 ? 0 : SCENE_NOW_US + cases[i].after_s * SCENE_SECOND_US;
		ck_assert_msg(verdict->retry_after_us == expected, "%s", cases[i].rule);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__names_the_rollback_target)
{
	static const struct {
		bool good;
		const char *claimed;
		const char *target; /* NULL: none */
		bool verified;
	} cases[] = {
		{ true, "", SCENE_GOOD, true },
		{ true, SCENE_GOOD, SCENE_GOOD, true },
		{ true, SCENE_DIGEST, SCENE_GOOD, true },
		{ false, SCENE_DIGEST, SCENE_DIGEST, false },
		{ false, "", NULL, false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", "{\"status\":\"passed\"}");
		scene.request.rollback_artifact = arena_strdup(scene.arena, cases[i].claimed);
		if (!cases[i].good)
			scene.request.last_good = NULL;
		const Rp__V1__Verdict *verdict = scene_expect(&scene,
			HEAD EVIDENCE "rules:\n"
				      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK}\n"
				      "  - {id: back, require: rollback.verified && rollback.artifact != '',\n"
				      "     otherwise: REQUIRE_APPROVAL}\n",
			cases[i].verified ? RP__V1__DECISION__DECISION_ALLOW
					  : RP__V1__DECISION__DECISION_REQUIRE_APPROVAL);
		ck_assert_int_eq(verdict->rollback != NULL, cases[i].target != NULL);
		if (verdict->rollback != NULL) {
			ck_assert_str_eq(verdict->rollback->artifact_digest, cases[i].target);
			ck_assert_int_eq(verdict->rollback->verified, cases[i].verified);
			ck_assert_str_eq(verdict->rollback->passport_id, cases[i].verified ? "pp_01" : "");
		}
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__gives_rules_what_is_known)
{
	static const char *const truths[] = {
		"release.service == 'checkout-api' && release.environment == 'production'",
		"release.namespace == 'apps-checkout' && release.releaseId == 'gh-123456'",
		"release.version.startsWith('2.') && release.sourceSha.size() == 40",
		"release.artifactDigest.startsWith('sha256:')",
		"actor.subject == 'ci/checkout' && actor.kind == 'pipeline'",
		"mode == 'shadow'",
		"now == timestamp('2026-05-17T10:12:00Z')",
		"smoke.age == duration('5s') && smoke.observedAt + smoke.age == now",
		"smoke.status == 'passed' && smoke.count == 42 && smoke.ratio < 0.6",
		"smoke.tags.exists(t, t == 'fast') && 'deep' in smoke.nested && smoke.nested.deep == null",
		"has(smoke.count) && !has(smoke.absent) && size(smoke) == 7",
		"errorRate.samples.all(s, s.value < 1.0 && s.labels.pod != '')",
	};
	for (size_t i = 0; i < ARRAY_SIZE(truths); i++) {
		struct scene scene;
		scene_init(&scene);
		/* What a fact says under a name of ours does not count. */
		Rp__V1__Fact *smoke = scene_post(&scene, "smoke",
			"{\"age\":\"0s\",\"count\":42,\"nested\":{\"deep\":null},\"observedAt\":1,\"ratio\":0.5,"
			"\"status\":\"passed\",\"tags\":[\"slow\",\"fast\"]}");
		smoke->observed_at_us -= 5 * SCENE_SECOND_US;
		scene_observe(&scene, "errors",
			"{\"samples\":[{\"labels\":{\"pod\":\"a\"},\"value\":0.5},{\"labels\":{\"pod\":\"b\"},"
			"\"value\":0}]}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD EVIDENCE "rules:\n"
				      "  - {id: smoke, require: smoke.status == 'passed', otherwise: BLOCK}\n"
				      "  - {id: r, require: \"%s\", otherwise: HOLD}\n",
			truths[i]);
		scene_expect(&scene, buf_str(&text), RP__V1__DECISION__DECISION_ALLOW);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__takes_measurements_for_doubles)
{
	/* A whole number of a connector's is computed with like any other; a posted one stays whole. */
	static const struct {
		const char *require;
		bool met;
	} cases[] = {
		{ "errorRate.value * 100.0 == 200.0", true },
		{ "errorRate.value / 4.0 == 0.5", true },
		{ "errorRate.samples[0].value + 0.5 == 3.5", true },
		{ "errorRate.value == 2", true },
		{ "errorRate.label == 'two'", true },
		{ "smoke.count + 1 == 4", true },
		{ "smoke.count + 1.0 == 4.0", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		scene_post(&scene, "smoke", "{\"count\":3}");
		scene_observe(&scene, "errors", "{\"value\":2,\"label\":\"two\",\"samples\":[{\"value\":3}]}");
		owned_buf struct buf text = { 0 };
		buf_printf(&text, HEAD EVIDENCE "rules:\n  - {id: r, require: \"%s\", otherwise: BLOCK}\n",
			cases[i].require);
		const Rp__V1__Decision expected =
			cases[i].met ? RP__V1__DECISION__DECISION_ALLOW : RP__V1__DECISION__DECISION_BLOCK;
		scene_expect(&scene, buf_str(&text), expected);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_decide__refuses_a_request_without_release_or_binding)
{
	struct scene scene;
	scene_init(&scene);
	owned(policy) struct policy *policy = scene_policy(one_rule);
	Rp__V1__Verdict *verdict = NULL;
	struct err err = { 0 };
	scene.request.binding = NULL;
	ck_assert(!decide(policy, &scene.request, NULL, 0, SCENE_NOW_US, SCENE_NOW_US, scene.arena, &verdict, &err));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	scene.request.binding = &scene.binding;
	scene.request.release = NULL;
	ck_assert(!decide(policy, &scene.request, NULL, 0, SCENE_NOW_US, SCENE_NOW_US, scene.arena, &verdict, &err));
	ck_assert_ptr_null(verdict);
	scene_finish(&scene);
}
END_TEST

UNIT_MAIN("policy/decide", test_decide__reaches_all_six_decisions, test_decide__tells_what_each_rule_found,
	test_decide__fills_the_verdict, test_decide__takes_absence_before_the_expression,
	test_decide__tells_each_absent_status, test_decide__tells_what_is_missing_and_only_claimed,
	test_decide__names_all_that_is_absent_in_a_rule, test_decide__shows_what_the_policy_lets_be_milder,
	test_decide__leaves_optional_evidence_to_has, test_decide__holds_where_an_expression_fails,
	test_decide__never_allows_on_nothing, test_decide__says_when_asking_again_makes_sense,
	test_decide__names_the_rollback_target, test_decide__gives_rules_what_is_known,
	test_decide__takes_measurements_for_doubles, test_decide__refuses_a_request_without_release_or_binding)
