#include "decision.h"

#include <string.h>

#include "json/json.h"
#include "passport/answer.h"
#include "passport/dsse.h"
#include "passport/event.h"
#include "passport/member.h"
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

/* The key that the statement names must be the one that signed, and must have been valid when it did. */
static bool check_key(const struct keyset_key *key, const struct json_object *predicate, struct err *err)
{
	const char *key_id = member_text(predicate, "keyId");
	int64_t signed_at_us;
	if (key_id == NULL || strcmp(key_id, verify_key_id(key->key)) != 0)
		return err_set(err, ERR_UNVERIFIED, "the passport names another key than the one that signed it");
	if (!member_time(member_object(predicate, "timestamps"), "signed", &signed_at_us))
		return err_set(err, ERR_UNVERIFIED, "the passport does not say when it was signed");
	if (!keyset_valid_at(key, signed_at_us))
		return err_set(err, ERR_UNVERIFIED, "the passport was signed outside its key's time");
	return true;
}

/* The statement in the event's envelope, once a signature of one of the keys is proven over it. */
static bool verify(
	const struct keyset *keys, const char *event, size_t len, struct json_object **statement, struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned_dsse struct dsse_envelope envelope = { 0 };
	const struct verify_key *list[KEYSET_MAX];
	size_t index;
	if (!decision_event_envelope(event, len, &text, err) || !dsse_parse(buf_str(&text), text.len, &envelope, err))
		return err_add(err, "the decision's envelope");
	for (size_t i = 0; i < keys->count; i++)
		list[i] = keys->keys[i].key;
	owned(json) struct json_object *parsed = NULL;
	if (!dsse_verify(&envelope, STATEMENT_PAYLOAD_TYPE, list, keys->count, &index, err) ||
		!statement_parse(envelope.payload.data, envelope.payload.len, &parsed, err) ||
		!check_key(&keys->keys[index], statement_predicate(parsed), err))
		return false;
	*statement = take(parsed);
	return true;
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
	bool ok = verify(keys, event, len, &result.statement, err) &&
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
