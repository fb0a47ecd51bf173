#include "exit_code.h"

#include "policy/names.h"
#include "unit.h"

#define DECISION(name) RP__V1__DECISION__DECISION_##name
#define NO_LEVEL DECISION(UNKNOWN)

static const Rp__V1__Decision decisions[] = { DECISION(ALLOW), DECISION(ALLOW_WITH_CANARY), DECISION(REQUIRE_APPROVAL),
	DECISION(HOLD), DECISION(BLOCK), DECISION(ROLLBACK_RECOMMENDED) };
static const int codes[] = { 0, 0, 10, 11, 12, 13 };
static const Rp__V1__Mode modes[] = { RP__V1__MODE__MODE_SHADOW, RP__V1__MODE__MODE_ADVISORY,
	RP__V1__MODE__MODE_ENFORCE };

static void expect(size_t decision, Rp__V1__Mode mode, size_t threshold, Rp__V1__Decision fail_on, int code)
{
	const int got = exit_code_of(decisions[decision], mode, decisions[threshold], fail_on);
	ck_assert_msg(got == code, "%s in %s at %s, fail on %s: %d, expected %d", decision_name(decisions[decision]),
		mode_name(mode), decision_name(decisions[threshold]), decision_name(fail_on), got, code);
}

START_TEST(test_exit_code__enforce_stops_from_the_threshold_on)
{
	for (size_t d = 0; d < ARRAY_SIZE(decisions); d++)
		for (size_t t = 0; t < ARRAY_SIZE(decisions); t++)
			expect(d, RP__V1__MODE__MODE_ENFORCE, t, NO_LEVEL, d >= t ? codes[d] : 0);
}
END_TEST

START_TEST(test_exit_code__shadow_and_advisory_never_stop)
{
	for (size_t d = 0; d < ARRAY_SIZE(decisions); d++)
		for (size_t t = 0; t < ARRAY_SIZE(decisions); t++) {
			expect(d, RP__V1__MODE__MODE_SHADOW, t, NO_LEVEL, 0);
			expect(d, RP__V1__MODE__MODE_ADVISORY, t, NO_LEVEL, 0);
		}
}
END_TEST

START_TEST(test_exit_code__fail_on_counts_in_every_mode)
{
	const size_t never = 5;
	for (size_t m = 0; m < ARRAY_SIZE(modes); m++)
		for (size_t d = 0; d < never; d++)
			for (size_t level = 2; level < ARRAY_SIZE(decisions); level++)
				expect(d, modes[m], never, decisions[level], d >= level ? codes[d] : 0);
}
END_TEST

START_TEST(test_exit_code__fail_on_never_makes_enforce_milder)
{
	for (size_t d = 0; d < ARRAY_SIZE(decisions); d++)
		for (size_t t = 0; t < ARRAY_SIZE(decisions); t++)
			expect(d, RP__V1__MODE__MODE_ENFORCE, t, DECISION(ROLLBACK_RECOMMENDED),
				d >= t || d == 5 ? codes[d] : 0);
}
END_TEST

START_TEST(test_exit_code__decisions_that_fail_on_takes_are_those_with_a_code)
{
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(exit_code_decisions[i], decision_name(decisions[i + 2]));
	ck_assert_ptr_null(exit_code_decisions[4]);
}
END_TEST

UNIT_MAIN("releasepassport/exit_code", test_exit_code__enforce_stops_from_the_threshold_on,
	test_exit_code__shadow_and_advisory_never_stop, test_exit_code__fail_on_counts_in_every_mode,
	test_exit_code__fail_on_never_makes_enforce_milder,
	test_exit_code__decisions_that_fail_on_takes_are_those_with_a_code)
