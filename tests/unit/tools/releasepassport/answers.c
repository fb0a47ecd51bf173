#include "answers.h"

#include <check.h>

#include "json/json.h"

struct json_object *answer_make(const char *decision, const char *mode, const char *threshold, bool enforced,
	const char *text, const char *next_action)
{
	struct json_object *answer = json_object_new_object(), *reasons = json_object_new_array(),
			   *reason = json_object_new_object(), *links = json_object_new_object();
	json_add_string(answer, "passportId", "pp_01hzy3v7qk9m2n4p6r8s0t1v3w");
	json_add_string(answer, "decision", decision);
	json_add_string(answer, "mode", mode);
	json_add_string(answer, "threshold", threshold);
	json_add_bool(answer, "enforced", enforced);
	json_add_int(answer, "confidence", 82);
	json_add_string(reason, "rule", "error-rate");
	json_add_string(reason, "outcome", decision);
	json_add_string(reason, "status", "unsatisfied");
	json_add_string(reason, "text", text);
	json_add_string(reason, "nextAction", next_action);
	json_object_array_add(reasons, reason);
	json_add(answer, "reasons", reasons);
	json_add_string(links, "passport", "/releasepassport/v1/passports/pp_01hzy3v7qk9m2n4p6r8s0t1v3w");
	json_add(answer, "links", links);
	return answer;
}

struct verdict verdict_make(struct json_object **answer, const char *decision, const char *mode, bool enforced,
	const char *text, const char *next_action)
{
	struct verdict verdict;
	struct err err = { 0 };
	*answer = answer_make(decision, mode, "REQUIRE_APPROVAL", enforced, text, next_action);
	ck_assert_msg(verdict_read(*answer, RP__V1__DECISION__DECISION_UNKNOWN, &verdict, &err), "%s", err.text);
	return verdict;
}
