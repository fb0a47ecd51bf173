#include "passport/answer.h"

#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "passport/member.h"
#include "passport/statement.h"

#define PASSPORTS_PATH "/releasepassport/v1/passports/"

/* The same value under the same name; what is absent is null. */
static void copy(struct json_object *to, const struct json_object *from, const char *name)
{
	json_add(to, name, json_object_get(member_any(from, name)));
}

static struct json_object *unmet_reasons(const struct json_object *predicate)
{
	static const char *const names[] = { "rule", "outcome", "status", "text", "nextAction", "waiver" };
	const struct json_object *reasons = member_array(predicate, "reasons");
	struct json_object *unmet = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		const struct json_object *reason = json_object_array_get_idx(reasons, i);
		const char *status = member_text(reason, "status");
		if (status != NULL && strcmp(status, "satisfied") == 0)
			continue;
		struct json_object *item = json_object_new_object();
		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			copy(item, reason, names[j]);
		json_object_array_add(unmet, item);
	}
	return unmet;
}

static struct json_object *links(const char *id)
{
	static const struct {
		const char *name, *suffix;
	} forms[] = { { "passport", "" }, { "dsse", ".dsse" }, { "sigstore", ".sigstore" }, { "markdown", ".md" } };
	struct json_object *object = json_object_new_object();
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		owned_buf struct buf path = { 0 };
		buf_printf(&path, PASSPORTS_PATH "%s%s", id, forms[i].suffix);
		json_add_string(object, forms[i].name, buf_str(&path));
	}
	return object;
}

/* An older signer's statement may lack something; an answer must not then say null where a pipeline looks. */
static bool check_predicate(const struct json_object *predicate, struct err *err)
{
	static const char *const texts[] = { "passportId", "evaluationId", "requestDigest", "decision", "mode",
		"validUntil" };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (member_text(predicate, texts[i]) == NULL)
			return err_set_at(err, ERR_INVALID, texts[i], "the passport has no text %s", texts[i]);
	const char *id = member_text(predicate, "passportId");
	if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(id))
		return err_set_at(err, ERR_INVALID, "passportId", "the passport's id is none");
	bool enforced;
	if (!member_bool(predicate, "enforced", &enforced))
		return err_set_at(err, ERR_INVALID, "enforced", "the passport does not say whether it is enforced");
	if (member_array(predicate, "reasons") == NULL)
		return err_set_at(err, ERR_INVALID, "reasons", "the passport has no reasons");
	if (member_text(member_object(predicate, "timestamps"), "decided") == NULL)
		return err_set_at(err, ERR_INVALID, "timestamps", "the passport does not say when it was decided");
	return true;
}

bool answer_from_statement(const struct json_object *statement, struct json_object **answer, struct err *err)
{
	static const char *const before[] = { "passportId", "evaluationId", "requestDigest", "decision", "mode",
		"modeReason", "threshold", "enforced", "confidence" };
	static const char *const after[] = { "rollback", "retryAfter", "policy" };
	const struct json_object *predicate = statement_predicate(statement);
	if (!check_predicate(predicate, err))
		return false;
	struct json_object *object = json_object_new_object();
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		copy(object, predicate, before[i]);
	json_add(object, "reasons", unmet_reasons(predicate));
	copy(object, predicate, "canary");
	/* The one approval that counted: none can as yet, claimed ones don't. */
	json_add(object, "approval", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(after); i++)
		copy(object, predicate, after[i]);
	json_add_string(object, "decidedAt", member_text(member_object(predicate, "timestamps"), "decided"));
	copy(object, predicate, "validUntil");
	json_add(object, "links", links(member_text(predicate, "passportId")));
	*answer = object;
	return true;
}
