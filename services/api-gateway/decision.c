#include "decision.h"

#include <string.h>

#include "passport/answer.h"
#include "passport/event.h"
#include "passport/member.h"
#include "passport/open.h"
#include "passport/statement.h"

void decision_finish(struct decision *decision)
{
	json_object_put(take(decision->answer));
	json_object_put(take(decision->statement));
}

static const struct json_object *release_of(const struct decision *decision)
{
	return member_object(statement_predicate(decision->statement), "release");
}

const char *decision_service(const struct decision *decision)
{
	return member_text(release_of(decision), "service");
}

const char *decision_environment(const struct decision *decision)
{
	return member_text(release_of(decision), "environment");
}

const char *decision_workspace(const struct decision *decision)
{
	return member_text(statement_predicate(decision->statement), "workspace");
}

static bool check_identity(
	const struct json_object *predicate, const char *evaluation_id, const char *request_digest, struct err *err)
{
	const char *id = member_text(predicate, "evaluationId"), *digest = member_text(predicate, "requestDigest");
	if (id == NULL || strcmp(id, evaluation_id) != 0)
		return err_set(err, ERR_UNVERIFIED, "the recorded passport is of another evaluation");
	if (request_digest != NULL && (digest == NULL || strcmp(digest, request_digest) != 0))
		return err_set_at(err, ERR_KEY_REUSED, "Idempotency-Key",
			"this Idempotency-Key was used for another request of this service and environment");
	return true;
}

bool decision_read(const struct keyset *keys, const char *event, size_t len, const char *evaluation_id,
	const char *request_digest, struct decision *decision, struct err *err)
{
	owned_decision struct decision result = { 0 };
	owned_buf struct buf envelope = { 0 };
	bool ok = decision_event_envelope(event, len, &envelope, err) &&
		  passport_open(keys, buf_str(&envelope), envelope.len, &result.statement, NULL, err) &&
		  check_identity(statement_predicate(result.statement), evaluation_id, request_digest, err) &&
		  answer_from_statement(result.statement, &result.answer, err);
	if (!ok) {
		/* Whatever is wrong with what we recorded ourselves is no fault of the caller's. */
		if (err != NULL && err->kind != ERR_KEY_REUSED)
			err->kind = ERR_INTERNAL;
		return false;
	}
	*decision = (struct decision){ take(result.answer), take(result.statement) };
	return true;
}
