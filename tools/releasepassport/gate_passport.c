#include "gate_passport.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "checks.h"
#include "key_file.h"
#include "passport/answer.h"
#include "passport/member.h"
#include "passport/question.h"
#include "passport/statement.h"
#include "passport/verify.h"
#include "policy/names.h"

static bool fetch(struct api *api, const char *id, const char *suffix, struct api_response *response, struct err *err)
{
	owned_buf struct buf path = { 0 };
	buf_append_str(&path, "/passports/");
	api_escape(id, &path);
	buf_append_str(&path, suffix);
	const struct api_request request = { .method = "GET", .path = buf_str(&path), .accept = "*/*" };
	return api_call(api, &request, response, err) || err_add(err, "fetching the passport");
}

static bool check_same(const char *what, const char *signed_text, const char *expected, struct err *err)
{
	if (signed_text != NULL && expected != NULL && strcmp(signed_text, expected) == 0)
		return true;
	return err_set_at(err, ERR_UNVERIFIED, what, "the passport is another one's: %s, not %s",
		signed_text != NULL ? signed_text : "none", expected != NULL ? expected : "none");
}

/* A passport that is valid may still be the answer to what somebody asked before. */
static bool check_question(const struct json_object *statement, const struct json_object *question, const char *key,
	const struct json_object *answer, struct err *err)
{
	const struct json_object *predicate = statement_predicate(statement);
	const struct json_object *service = member_object(question, "service");
	const char *workspace = member_text(predicate, "workspace");
	char digest[SHA256_HEX_SIZE], evaluation[SHA256_HEX_SIZE];
	if (workspace == NULL)
		return err_set_at(err, ERR_UNVERIFIED, "workspace", "the passport names none");
	if (!question_digest(question, digest, err))
		return false;
	question_evaluation_id(
		workspace, member_text(service, "name"), member_text(service, "environment"), key, evaluation);
	return check_same("requestDigest", member_text(predicate, "requestDigest"), digest, err) &&
	       check_same("evaluationId", member_text(predicate, "evaluationId"), evaluation, err) &&
	       check_same("passportId", member_text(predicate, "passportId"), member_text(answer, "passportId"), err);
}

/* Any decision is accepted here: what follows from it is the gate's matter, and it follows from the signed one. */
static bool verify(const struct gate_options *options, const struct buf *envelope, struct verify_result *result,
	struct output *output, struct err *err)
{
	static const Rp__V1__Decision all[] = { RP__V1__DECISION__DECISION_ALLOW,
		RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY, RP__V1__DECISION__DECISION_REQUIRE_APPROVAL,
		RP__V1__DECISION__DECISION_HOLD, RP__V1__DECISION__DECISION_BLOCK,
		RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED };
	const struct verify_demands demands = {
		.service = options->service,
		.environment = options->environment,
		.artifact_digest = options->artifact,
		.source_sha = options->source_sha,
		.decisions = all,
		.ndecisions = ARRAY_SIZE(all),
		.now_us = clock_now_us(),
	};
	owned(keyset) struct keyset *keys = NULL;
	if (!key_file_read(options->key, &keys, err))
		return false;
	const bool ok = passport_verify(buf_str(envelope), envelope->len, keys, &demands, result, err);
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++)
		if (result->checks[i].status == VERIFY_FAILED)
			output_note(output, "passport: %s: %s", result->checks[i].name, result->checks[i].text);
	/* The key that signed is borrowed from the keys. */
	result->key = NULL;
	if (!ok)
		verify_result_finish(result);
	return ok;
}

static bool believe(const struct gate_options *options, const struct json_object *question, const char *key,
	const struct buf *envelope, struct output *output, struct json_object **answer, struct err *err)
{
	struct verify_result result;
	struct json_object *signed_answer;
	if (!verify(options, envelope, &result, output, err))
		return false;
	const bool ok = check_question(result.statement, question, key, *answer, err) &&
			answer_from_statement(result.statement, &signed_answer, err);
	verify_result_finish(&result);
	if (!ok)
		return false;
	json_object_put(*answer);
	*answer = signed_answer;
	output_note(output, "the passport holds under the keys of %s", options->key);
	return true;
}

bool gate_passport(struct api *api, const struct gate_options *options, const struct json_object *question,
	const char *key, struct output *output, struct json_object **answer, struct err *err)
{
	owned_api_response struct api_response dsse = { 0 }, bundle = { 0 };
	const char *id = member_text(*answer, "passportId");
	if (id == NULL)
		return err_set_at(err, ERR_INTERNAL, "passportId", "the answer has no passport");
	if (options->key != NULL || options->passport_out != NULL) {
		if (!fetch(api, id, ".dsse", &dsse, err))
			return false;
	}
	if (options->bundle_out != NULL && !fetch(api, id, ".sigstore", &bundle, err))
		return false;
	if (options->key != NULL && !believe(options, question, key, &dsse.body, output, answer, err))
		return false;
	return (options->passport_out == NULL ||
		       file_write(options->passport_out, dsse.body.data, dsse.body.len, 0644, err)) &&
	       (options->bundle_out == NULL ||
		       file_write(options->bundle_out, bundle.body.data, bundle.body.len, 0644, err));
}
