#include "verdict_check.h"

#include <string.h>

#include "unit.h"

#define NOW INT64_C(1779012000000000)

/* A verdict that passes, to be spoilt in one place by each test. */
struct sample {
	Rp__V1__Verdict verdict;
	Rp__V1__Release release;
	Rp__V1__Actor actor;
	Rp__V1__Binding binding;
	Rp__V1__PolicyRef policy;
	Rp__V1__RuleResult rules[2];
	Rp__V1__RuleResult *list[2];
};

static void sample_init(struct sample *s)
{
	rp__v1__verdict__init(&s->verdict);
	rp__v1__release__init(&s->release);
	rp__v1__actor__init(&s->actor);
	rp__v1__binding__init(&s->binding);
	rp__v1__policy_ref__init(&s->policy);
	for (int i = 0; i < 2; i++) {
		rp__v1__rule_result__init(&s->rules[i]);
		s->list[i] = &s->rules[i];
	}
	s->rules[0].outcome = RP__V1__DECISION__DECISION_ALLOW;
	s->rules[1].outcome = RP__V1__DECISION__DECISION_HOLD;
	s->release.service = "checkout";
	s->release.environment = "production";
	s->release.source_sha = "0123456789abcdef0123456789abcdef01234567";
	s->policy.digest = "sha256:00";
	s->verdict.evaluation_id = "e";
	s->verdict.request_digest = "d";
	s->verdict.workspace = "default";
	s->verdict.release = &s->release;
	s->verdict.actor = &s->actor;
	s->verdict.binding = &s->binding;
	s->verdict.policy = &s->policy;
	s->verdict.n_rules = 2;
	s->verdict.rules = s->list;
	s->verdict.decision = RP__V1__DECISION__DECISION_HOLD;
	s->verdict.decided_at_us = NOW;
}

static bool passes(const struct sample *s)
{
	struct err err;
	return check_verdict(&s->verdict, "default/checkout/production", NOW, &err);
}

START_TEST(test_verdict_check__accepts_a_whole_verdict)
{
	struct sample s;
	sample_init(&s);
	ck_assert(passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_a_milder_decision_than_its_rules)
{
	struct sample s;
	sample_init(&s);
	s.verdict.decision = RP__V1__DECISION__DECISION_ALLOW;
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_a_more_severe_decision_than_its_rules)
{
	struct sample s;
	sample_init(&s);
	s.verdict.decision = RP__V1__DECISION__DECISION_BLOCK;
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_a_verdict_without_rules)
{
	struct sample s;
	sample_init(&s);
	s.verdict.n_rules = 0;
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_an_old_verdict)
{
	struct sample s;
	sample_init(&s);
	s.verdict.decided_at_us = NOW - CHECK_VERDICT_AGE_MAX_US;
	ck_assert(passes(&s));
	s.verdict.decided_at_us--;
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_a_verdict_of_the_future)
{
	struct sample s;
	sample_init(&s);
	s.verdict.decided_at_us = NOW + CHECK_CLOCK_SKEW_MAX_US + 1;
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_another_key)
{
	struct sample s;
	sample_init(&s);
	s.release.environment = "staging";
	ck_assert(!passes(&s));
}
END_TEST

START_TEST(test_verdict_check__refuses_what_lacks_its_parts)
{
	struct sample s;
	sample_init(&s);
	s.verdict.release = NULL;
	ck_assert(!passes(&s));
	sample_init(&s);
	s.release.source_sha = "";
	ck_assert(!passes(&s));
	sample_init(&s);
	s.verdict.evaluation_id = "";
	ck_assert(!passes(&s));
	sample_init(&s);
	s.policy.digest = "";
	ck_assert(!passes(&s));
}
END_TEST

UNIT_MAIN("signer/verdict_check", test_verdict_check__accepts_a_whole_verdict,
	test_verdict_check__refuses_a_milder_decision_than_its_rules,
	test_verdict_check__refuses_a_more_severe_decision_than_its_rules,
	test_verdict_check__refuses_a_verdict_without_rules, test_verdict_check__refuses_an_old_verdict,
	test_verdict_check__refuses_a_verdict_of_the_future, test_verdict_check__refuses_another_key,
	test_verdict_check__refuses_what_lacks_its_parts)
