#include "passport/answer.h"

#include <json-c/json_pointer.h>
#include <string.h>

#include "json/json.h"
#include "passport/member.h"
#include "sample.h"
#include "unit.h"

static struct json_object *sample_answer(const Rp__V1__Verdict *verdict)
{
	owned(json) struct json_object *tree = sample_tree(verdict);
	struct json_object *answer = NULL;
	struct err err = { 0 };
	ck_assert_msg(answer_from_statement(tree, &answer, &err), "%s", err.text);
	return answer;
}

START_TEST(test_answer__is_what_a_pipeline_acts_on)
{
	owned(json) struct json_object *answer = sample_answer(sample_verdict());
	char id[ID_SIZE];
	passport_id(SAMPLE_EVALUATION, SAMPLE_DECIDED_US, id);
	owned_buf struct buf expected = { 0 }, text = { 0 };
	buf_printf(&expected,
		"{\"approval\":null,\"canary\":null,\"confidence\":25,\"decidedAt\":\"2026-05-17T10:10:10.123456Z\","
		"\"decision\":\"HOLD\",\"enforced\":true,\"evaluationId\":\"" SAMPLE_EVALUATION "\","
		"\"links\":{\"dsse\":\"/releasepassport/v1/passports/%s.dsse\","
		"\"markdown\":\"/releasepassport/v1/passports/%s.md\",\"passport\":\"/releasepassport/v1/passports/"
		"%s\","
		"\"sigstore\":\"/releasepassport/v1/passports/%s.sigstore\"},"
		"\"mode\":\"enforce\",\"modeReason\":\"binding\",\"passportId\":\"%s\","
		"\"policy\":{\"name\":\"production\","
		"\"sha256\":\"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\",\"version\":\"7\"},"
		"\"reasons\":[{\"nextAction\":\"check the Prometheus "
		"connector\",\"outcome\":\"HOLD\",\"rule\":\"error-rate\","
		"\"status\":\"stale\",\"text\":\"error rate was last seen 7 minutes ago, allowed are "
		"2\",\"waiver\":null}],"
		"\"requestDigest\":\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\","
		"\"retryAfter\":\"2026-05-17T10:12:10.123456Z\","
		"\"rollback\":{\"artifact\":\"sha256:"
		"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd\","
		"\"passportId\":\"pp_last\",\"verified\":true},\"threshold\":\"REQUIRE_APPROVAL\","
		"\"validUntil\":\"2026-05-18T10:10:10.123456Z\"}",
		id, id, id, id, id);
	ck_assert(json_canonical(answer, &text, NULL));
	ck_assert_str_eq(text.data, expected.data);
}
END_TEST

START_TEST(test_answer__has_every_rule_that_is_not_satisfied)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	static char unsatisfied[] = "unsatisfied";
	verdict->rules[0]->status = unsatisfied;
	owned(json) struct json_object *answer = sample_answer(verdict);
	struct json_object *reasons = member_array(answer, "reasons");
	ck_assert_uint_eq(json_object_array_length(reasons), 2);
	ck_assert_str_eq(member_text(json_object_array_get_idx(reasons, 0), "rule"), "smoke");
}
END_TEST

START_TEST(test_answer__carries_the_canary)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY;
	owned(json) struct json_object *answer = sample_answer(verdict);
	ck_assert_ptr_nonnull(member_array(member_object(answer, "canary"), "steps"));
}
END_TEST

START_TEST(test_answer__refuses_a_predicate_that_lacks_something)
{
	static const char *const pointers[] = { "/predicate/passportId", "/predicate/evaluationId",
		"/predicate/requestDigest", "/predicate/decision", "/predicate/mode", "/predicate/validUntil",
		"/predicate/enforced", "/predicate/reasons", "/predicate/timestamps" };
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		owned(json) struct json_object *tree = sample_tree(sample_verdict());
		struct json_object *answer = NULL;
		struct err err = { 0 };
		ck_assert_int_eq(json_pointer_set(&tree, pointers[i], NULL), 0);
		ck_assert_msg(!answer_from_statement(tree, &answer, &err), "%s", pointers[i]);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_ptr_null(answer);
	}
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	struct json_object *answer = NULL;
	ck_assert_int_eq(json_pointer_set(&tree, "/predicate/passportId", json_object_new_string("../keys")), 0);
	ck_assert(!answer_from_statement(tree, &answer, NULL));
}
END_TEST

UNIT_MAIN("passport/answer", test_answer__is_what_a_pipeline_acts_on, test_answer__has_every_rule_that_is_not_satisfied,
	test_answer__carries_the_canary, test_answer__refuses_a_predicate_that_lacks_something)
