#include "verdict.h"

#include "answers.h"
#include "json/json.h"
#include "unit.h"

#define HOLD RP__V1__DECISION__DECISION_HOLD
#define NO_LEVEL RP__V1__DECISION__DECISION_UNKNOWN

static int exit_code(
	const char *decision, const char *mode, const char *threshold, bool enforced, Rp__V1__Decision fail_on)
{
	owned(json) struct json_object *answer = answer_make(decision, mode, threshold, enforced, "x", NULL);
	struct verdict verdict;
	struct err err = { 0 };
	ck_assert_msg(verdict_read(answer, fail_on, &verdict, &err), "%s", err.text);
	return verdict.exit_code;
}

START_TEST(test_verdict__stops_what_is_enforced)
{
	ck_assert_int_eq(exit_code("BLOCK", "enforce", "REQUIRE_APPROVAL", true, NO_LEVEL), 12);
	ck_assert_int_eq(exit_code("BLOCK", "shadow", "REQUIRE_APPROVAL", false, NO_LEVEL), 0);
	ck_assert_int_eq(exit_code("HOLD", "enforce", "BLOCK", false, NO_LEVEL), 0);
	ck_assert_int_eq(exit_code("BLOCK", "shadow", "REQUIRE_APPROVAL", false, HOLD), 12);
}
END_TEST

START_TEST(test_verdict__stops_if_either_says_so)
{
	/* An answer that contradicts itself is taken for the stricter. */
	ck_assert_int_eq(exit_code("HOLD", "shadow", "REQUIRE_APPROVAL", true, NO_LEVEL), 11);
	ck_assert_int_eq(exit_code("HOLD", "enforce", "REQUIRE_APPROVAL", false, NO_LEVEL), 11);
	ck_assert_int_eq(exit_code("HOLD", "enforce", "BLOCK", true, NO_LEVEL), 11);
}
END_TEST

START_TEST(test_verdict__refuses_an_answer_that_it_does_not_understand)
{
	static const char *const members[] = { "decision", "mode", "threshold", "enforced", "passportId" };
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		for (int wrong = 0; wrong < 2; wrong++) {
			owned(json) struct json_object *answer =
				answer_make("ALLOW", "enforce", "HOLD", false, "x", NULL);
			struct verdict verdict;
			struct err err = { 0 };
			if (wrong)
				json_add_int(answer, members[i], 7);
			else
				json_object_object_del(answer, members[i]);
			ck_assert_msg(!verdict_read(answer, NO_LEVEL, &verdict, &err), "%s", members[i]);
			ck_assert_int_eq(err.kind, ERR_INTERNAL);
		}
}
END_TEST

START_TEST(test_verdict__refuses_a_decision_of_a_later_version)
{
	owned(json) struct json_object *answer = answer_make("ALLOW_PARTLY", "enforce", "HOLD", false, "x", NULL);
	struct verdict verdict;
	struct err err = { 0 };
	ck_assert(!verdict_read(answer, NO_LEVEL, &verdict, &err));
	ck_assert_str_eq(err.where, "decision");
}
END_TEST

UNIT_MAIN("releasepassport/verdict", test_verdict__stops_what_is_enforced, test_verdict__stops_if_either_says_so,
	test_verdict__refuses_an_answer_that_it_does_not_understand,
	test_verdict__refuses_a_decision_of_a_later_version)
