#include "policy/names.h"

#include "unit.h"

START_TEST(test_names__every_word_reads_back)
{
	for (int i = 0; decision_words[i] != NULL; i++) {
		Rp__V1__Decision decision;
		ck_assert(decision_parse(decision_words[i], &decision));
		ck_assert_str_eq(decision_name(decision), decision_words[i]);
	}
	for (int i = 0; mode_words[i] != NULL; i++) {
		Rp__V1__Mode mode;
		ck_assert(mode_parse(mode_words[i], &mode));
		ck_assert_str_eq(mode_name(mode), mode_words[i]);
	}
	for (int i = 0; evidence_class_words[i] != NULL; i++) {
		Rp__V1__EvidenceClass evidence_class;
		ck_assert(evidence_class_parse(evidence_class_words[i], &evidence_class));
		ck_assert_str_eq(evidence_class_name(evidence_class), evidence_class_words[i]);
	}
	for (int i = 0; fact_status_words[i] != NULL; i++) {
		Rp__V1__FactStatus status;
		ck_assert(fact_status_parse(fact_status_words[i], &status));
		ck_assert_str_eq(fact_status_name(status), fact_status_words[i]);
	}
}
END_TEST

/* The words against the values one by one: a word in the wrong place would read back all the same. */
START_TEST(test_names__words_stand_for_their_values)
{
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_ALLOW), "ALLOW");
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY), "ALLOW_WITH_CANARY");
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_REQUIRE_APPROVAL), "REQUIRE_APPROVAL");
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_HOLD), "HOLD");
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_BLOCK), "BLOCK");
	ck_assert_str_eq(decision_name(RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED), "ROLLBACK_RECOMMENDED");
	ck_assert_str_eq(mode_name(RP__V1__MODE__MODE_SHADOW), "shadow");
	ck_assert_str_eq(mode_name(RP__V1__MODE__MODE_ADVISORY), "advisory");
	ck_assert_str_eq(mode_name(RP__V1__MODE__MODE_ENFORCE), "enforce");
	ck_assert_str_eq(evidence_class_name(RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED), "claimed");
	ck_assert_str_eq(evidence_class_name(RP__V1__EVIDENCE_CLASS__CLASS_INGESTED), "ingested");
	ck_assert_str_eq(evidence_class_name(RP__V1__EVIDENCE_CLASS__CLASS_ATTESTED), "attested");
	ck_assert_str_eq(evidence_class_name(RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED), "observed");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_OK), "ok");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_NO_DATA), "no_data");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_NAN), "nan");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_ERROR), "error");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_PARTIAL), "partial");
	ck_assert_str_eq(fact_status_name(RP__V1__FACT_STATUS__FACT_TIMEOUT), "timeout");
}
END_TEST

START_TEST(test_names__refuses_other_words)
{
	static const char *const texts[] = { "", "allow", "ALLOW ", "unknown", "UNKNOWN", "ALLOW_WITH", "ok\n",
		"Shadow" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		Rp__V1__Decision decision = RP__V1__DECISION__DECISION_BLOCK;
		Rp__V1__Mode mode = RP__V1__MODE__MODE_ENFORCE;
		Rp__V1__EvidenceClass evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED;
		Rp__V1__FactStatus status = RP__V1__FACT_STATUS__FACT_NAN;
		ck_assert(!decision_parse(texts[i], &decision) && decision == RP__V1__DECISION__DECISION_BLOCK);
		ck_assert(!mode_parse(texts[i], &mode) && mode == RP__V1__MODE__MODE_ENFORCE);
		ck_assert(!evidence_class_parse(texts[i], &evidence_class) &&
			  evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED);
		ck_assert(!fact_status_parse(texts[i], &status) && status == RP__V1__FACT_STATUS__FACT_NAN);
	}
}
END_TEST

START_TEST(test_names__numbers_from_outside_are_unknown)
{
	static const int numbers[] = { 0, -1, 7, 1000, INT32_MAX, INT32_MIN };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		ck_assert_str_eq(decision_name((Rp__V1__Decision)numbers[i]), "unknown");
		ck_assert_str_eq(mode_name((Rp__V1__Mode)numbers[i]), "unknown");
		ck_assert_str_eq(evidence_class_name((Rp__V1__EvidenceClass)numbers[i]), "unknown");
		ck_assert_str_eq(fact_status_name((Rp__V1__FactStatus)numbers[i]), "unknown");
		ck_assert(!decision_known((Rp__V1__Decision)numbers[i]));
		ck_assert(!mode_known((Rp__V1__Mode)numbers[i]));
	}
	ck_assert(decision_known(RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED));
	ck_assert(mode_known(RP__V1__MODE__MODE_ENFORCE));
}
END_TEST

START_TEST(test_names__severity_is_the_order)
{
	ck_assert_int_eq(decision_worse(RP__V1__DECISION__DECISION_HOLD, RP__V1__DECISION__DECISION_ALLOW),
		RP__V1__DECISION__DECISION_HOLD);
	ck_assert_int_eq(decision_worse(RP__V1__DECISION__DECISION_HOLD, RP__V1__DECISION__DECISION_BLOCK),
		RP__V1__DECISION__DECISION_BLOCK);
	ck_assert_int_eq(
		mode_stricter(RP__V1__MODE__MODE_SHADOW, RP__V1__MODE__MODE_ENFORCE), RP__V1__MODE__MODE_ENFORCE);
}
END_TEST

START_TEST(test_names__only_enforce_stops_and_only_from_the_threshold)
{
	Rp__V1__Decision hold = RP__V1__DECISION__DECISION_HOLD;
	ck_assert(decision_stops(hold, RP__V1__MODE__MODE_ENFORCE, hold));
	ck_assert(decision_stops(RP__V1__DECISION__DECISION_BLOCK, RP__V1__MODE__MODE_ENFORCE, hold));
	ck_assert(!decision_stops(RP__V1__DECISION__DECISION_REQUIRE_APPROVAL, RP__V1__MODE__MODE_ENFORCE, hold));
	ck_assert(!decision_stops(RP__V1__DECISION__DECISION_BLOCK, RP__V1__MODE__MODE_ADVISORY, hold));
	ck_assert(!decision_stops(RP__V1__DECISION__DECISION_BLOCK, RP__V1__MODE__MODE_SHADOW, hold));
}
END_TEST

UNIT_MAIN("policy/names", test_names__every_word_reads_back, test_names__words_stand_for_their_values,
	test_names__refuses_other_words, test_names__numbers_from_outside_are_unknown,
	test_names__severity_is_the_order, test_names__only_enforce_stops_and_only_from_the_threshold)
