#include "passport/statement.h"

#include <assert.h>
#include <string.h>

#include "json/json.h"
#include "passport/member.h"
#include "passport/predicate.h"
#include "policy/names.h"

#define DIGEST_PREFIX "sha256:"

static bool is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

static bool is_digest(const char *text)
{
	size_t prefix = strlen(DIGEST_PREFIX);
	return strncmp(text, DIGEST_PREFIX, prefix) == 0 && is_hex(text + prefix, 64);
}

static bool check_release(const Rp__V1__Release *release, struct err *err)
{
	if (release->service[0] == '\0' || release->environment[0] == '\0')
		return err_set(err, ERR_INVALID, "the verdict names no service or no environment");
	if (release->artifact_digest[0] == '\0' && release->source_sha[0] == '\0')
		return err_set(err, ERR_INVALID, "the verdict names neither an artifact nor a commit");
	if (release->artifact_digest[0] != '\0' && !is_digest(release->artifact_digest))
		return err_set(err, ERR_INVALID, "the verdict's artifact digest is none");
	if (release->source_sha[0] != '\0' && !is_hex(release->source_sha, 40) && !is_hex(release->source_sha, 64))
		return err_set(err, ERR_INVALID, "the verdict's commit is none");
	return true;
}

static bool check_rules(const Rp__V1__Verdict *verdict, struct err *err)
{
	for (size_t i = 0; i < verdict->n_rules; i++)
		if (!decision_known(verdict->rules[i]->outcome))
			return err_set(
				err, ERR_INVALID, "rule \"%.100s\" has no known outcome", verdict->rules[i]->rule);
	return true;
}

static bool check_verdict(const Rp__V1__Verdict *verdict, const struct statement_signing *signing, struct err *err)
{
	if (verdict->release == NULL || verdict->actor == NULL || verdict->binding == NULL || verdict->policy == NULL)
		return err_set(err, ERR_INVALID, "the verdict lacks release, actor, binding or policy");
	if (!decision_known(verdict->decision) || !mode_known(verdict->binding->mode) ||
		!decision_known(verdict->binding->threshold))
		return err_set(err, ERR_INVALID, "the verdict's decision, mode or threshold is not known");
	if (!is_hex(verdict->evaluation_id, 64) || !is_hex(verdict->request_digest, 64) ||
		verdict->workspace[0] == '\0')
		return err_set(err, ERR_INVALID, "the verdict lacks evaluation id, request digest or workspace");
	if (!is_digest(verdict->policy->digest))
		return err_set(err, ERR_INVALID, "the verdict's policy digest is none");
	if (verdict->confidence_percent > 100)
		return err_set(err, ERR_INVALID, "the verdict's confidence is above 100 percent");
	if (verdict->decided_at_us <= 0 || signing->signed_at_us <= 0 ||
		signing->valid_until_us <= signing->signed_at_us)
		return err_set(err, ERR_INVALID, "the times of deciding, signing and expiry don't follow each other");
	return check_release(verdict->release, err) && check_rules(verdict, err);
}

static struct json_object *subject(const char *name, const char *algorithm, const char *hex)
{
	struct json_object *digest = json_object_new_object(), *object = json_object_new_object();
	json_add_string(digest, algorithm, hex);
	json_add_string(object, "name", name);
	json_add(object, "digest", digest);
	return object;
}

static struct json_object *subjects(const Rp__V1__Release *release)
{
	struct json_object *list = json_object_new_array();
	const char *repository = release->artifact_repository;
	if (release->artifact_digest[0] != '\0')
		json_object_array_add(list, subject(repository[0] != '\0' ? repository : release->service, "sha256",
						    release->artifact_digest + strlen(DIGEST_PREFIX)));
	if (release->source_sha[0] != '\0') {
		owned_buf struct buf name = { 0 };
		buf_printf(&name, "git+%s", release->source_sha);
		json_object_array_add(list, subject(buf_str(&name), "gitCommit", release->source_sha));
	}
	return list;
}

bool statement_build(
	const Rp__V1__Verdict *verdict, const struct statement_signing *signing, struct buf *out, struct err *err)
{
	if (!check_verdict(verdict, signing, err))
		return false;
	owned(json) struct json_object *statement = json_object_new_object();
	json_add_string(statement, "_type", STATEMENT_TYPE);
	json_add(statement, "subject", subjects(verdict->release));
	json_add_string(statement, "predicateType", STATEMENT_PREDICATE_TYPE);
	json_add(statement, "predicate", predicate_build(verdict, signing));
	return json_canonical(statement, out, err);
}

static bool check_statement(const struct json_object *statement, struct err *err)
{
	const char *type = member_text(statement, "_type");
	const char *predicate_type = member_text(statement, "predicateType");
	if (type == NULL || strcmp(type, STATEMENT_TYPE) != 0)
		return err_set_at(err, ERR_INVALID, "/_type", "the payload is no in-toto Statement v1");
	if (predicate_type == NULL || strcmp(predicate_type, STATEMENT_PREDICATE_TYPE) != 0)
		return err_set_at(err, ERR_INVALID, "/predicateType",
			"the statement is no passport: its predicate is of type %.100s",
			predicate_type != NULL ? predicate_type : "nothing");
	if (member_array(statement, "subject") == NULL)
		return err_set_at(err, ERR_INVALID, "/subject", "the statement has no subjects");
	if (member_object(statement, "predicate") == NULL)
		return err_set_at(err, ERR_INVALID, "/predicate", "the statement has no predicate");
	if (json_object_object_length(statement) != 4)
		return err_set(err, ERR_INVALID, "the statement has members that in-toto does not name");
	return true;
}

bool statement_parse(const void *payload, size_t len, struct json_object **statement, struct err *err)
{
	owned(json) struct json_object *object = NULL;
	if (!json_parse(len > 0 ? payload : "", len, &object, err) || !check_statement(object, err))
		return false;
	*statement = take(object);
	return true;
}

struct json_object *statement_predicate(const struct json_object *statement)
{
	struct json_object *predicate = member_object(statement, "predicate");
	assert(predicate != NULL);
	return predicate;
}
