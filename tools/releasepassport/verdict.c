#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#include "exit_code.h"
#include "passport/member.h"
#include "policy/names.h"

static bool read_decision(const struct json_object *answer, const char *name, Rp__V1__Decision *out, struct err *err)
{
	const char *text = member_text(answer, name);
	if (text != NULL && decision_parse(text, out))
		return true;
	return err_set_at(err, ERR_INTERNAL, name, "the answer has no decision there that this version knows");
}

bool verdict_read(const struct json_object *answer, Rp__V1__Decision fail_on, struct verdict *out, struct err *err)
{
	struct verdict verdict = { .answer = answer, .passport_id = member_text(answer, "passportId") };
	const char *mode = member_text(answer, "mode");
	bool enforced;
	if (!read_decision(answer, "decision", &verdict.decision, err) ||
		!read_decision(answer, "threshold", &verdict.threshold, err))
		return false;
	if (mode == NULL || !mode_parse(mode, &verdict.mode))
		return err_set_at(err, ERR_INTERNAL, "mode", "the answer has no mode that this version knows");
	if (!member_bool(answer, "enforced", &enforced))
		return err_set_at(err, ERR_INTERNAL, "enforced", "the answer does not say whether it is enforced");
	if (verdict.passport_id == NULL)
		return err_set_at(err, ERR_INTERNAL, "passportId", "the answer has no passport");
	verdict.is_met = verdict.decision >= verdict.threshold;
	verdict.exit_code =
		exit_code_of(verdict.decision, verdict.mode, verdict.threshold, enforced ? verdict.decision : fail_on);
	*out = verdict;
	return true;
}

const char *verdict_meaning(const struct verdict *verdict)
{
	if (verdict->exit_code != 0)
		return decision_stops(verdict->decision, verdict->mode, verdict->threshold)
			       ? "enforced: the pipeline has to stop"
			       : "the pipeline has to stop, because --fail-on asks for it";
	if (verdict->mode == RP__V1__MODE__MODE_SHADOW)
		return "shadow: recorded, nothing is stopped";
	if (verdict->mode == RP__V1__MODE__MODE_ADVISORY)
		return "advisory: nothing is stopped";
	return "the pipeline may proceed";
}

static enum output_style style_of(Rp__V1__Decision decision)
{
	if (decision <= RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY)
		return STYLE_GOOD;
	return decision <= RP__V1__DECISION__DECISION_HOLD ? STYLE_WARN : STYLE_BAD;
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void print_reasons(const struct json_object *reasons, const struct output *output)
{
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		const struct json_object *reason = json_object_array_get_idx(reasons, i);
		const char *next = member_text(reason, "nextAction");
		output_line(output, STYLE_PLAIN, "  %s: %s (%s) %s", or_empty(member_text(reason, "rule")),
			or_empty(member_text(reason, "outcome")), or_empty(member_text(reason, "status")),
			or_empty(member_text(reason, "text")));
		if (next != NULL)
			output_line(output, STYLE_PLAIN, "      next: %s", next);
	}
}

static void print_canary(const struct json_object *steps, const struct output *output)
{
	for (size_t i = 0; i < json_object_array_length(steps); i++) {
		const struct json_object *step = json_object_array_get_idx(steps, i);
		int64_t weight, pause_ms;
		if (member_int(step, "weight", &weight) && member_int(step, "pauseMs", &pause_ms))
			output_line(output, STYLE_PLAIN, "  canary: %" PRId64 " %%, then wait %" PRId64 " s", weight,
				pause_ms / 1000);
	}
}

static void print_rest(const struct verdict *verdict, const char *url, const struct output *output)
{
	const struct json_object *policy = member_object(verdict->answer, "policy");
	const char *retry_after = member_text(verdict->answer, "retryAfter");
	const char *mode_reason = member_text(verdict->answer, "modeReason");
	const char *rollback = member_text(member_object(verdict->answer, "rollback"), "artifact");
	int64_t confidence;
	if (mode_reason != NULL)
		output_line(output, STYLE_FAINT, "  mode: %s", mode_reason);
	if (rollback != NULL && verdict->decision == RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED)
		output_line(output, STYLE_PLAIN, "  roll back to %s", rollback);
	if (retry_after != NULL)
		output_line(output, STYLE_PLAIN, "  ask again after %s", retry_after);
	if (member_int(verdict->answer, "confidence", &confidence))
		output_line(output, STYLE_FAINT, "  confidence %" PRId64 " %%, policy %s %s", confidence,
			or_empty(member_text(policy, "name")), or_empty(member_text(policy, "version")));
	output_line(output, STYLE_FAINT, "  passport %s: %s%s", verdict->passport_id, url,
		or_empty(member_text(member_object(verdict->answer, "links"), "passport")));
}

void verdict_print(const struct verdict *verdict, const char *url, const struct output *output)
{
	const struct json_object *reasons = member_array(verdict->answer, "reasons");
	const struct json_object *steps = member_array(member_object(verdict->answer, "canary"), "steps");
	output_line(output, style_of(verdict->decision), "%s (%s)", decision_name(verdict->decision),
		verdict_meaning(verdict));
	if (reasons != NULL)
		print_reasons(reasons, output);
	if (steps != NULL)
		print_canary(steps, output);
	print_rest(verdict, url, output);
}
