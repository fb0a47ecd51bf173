#include "passport/open.h"

#include <string.h>

#include "json/json.h"
#include "passport/member.h"
#include "passport/statement.h"

bool passport_check_signature(
	const struct keyset *keys, const struct dsse_envelope *envelope, const struct keyset_key **key, struct err *err)
{
	const struct verify_key *list[KEYSET_MAX];
	size_t index;
	for (size_t i = 0; i < keys->count; i++)
		list[i] = keys->keys[i].key;
	if (!dsse_verify(envelope, STATEMENT_PAYLOAD_TYPE, list, keys->count, &index, err))
		return false;
	*key = &keys->keys[index];
	return true;
}

bool passport_check_key(const struct json_object *statement, const struct keyset_key *key, struct err *err)
{
	const struct json_object *predicate = statement_predicate(statement);
	const char *key_id = member_text(predicate, "keyId");
	int64_t signed_at_us;
	if (key_id == NULL || strcmp(key_id, verify_key_id(key->key)) != 0)
		return err_set(err, ERR_UNVERIFIED, "the passport names another key than the one that signed it");
	if (!member_time(member_object(predicate, "timestamps"), "signed", &signed_at_us))
		return err_set(err, ERR_UNVERIFIED, "the passport does not say when it was signed");
	if (!keyset_valid_at(key, signed_at_us))
		return err_set(err, ERR_UNVERIFIED, "the passport was signed outside the time of its key");
	return true;
}

/* The one value of this algorithm among the subjects' digests; NULL if there is none, "" if there are several. */
static const char *subject_digest(const struct json_object *statement, const char *algorithm)
{
	const struct json_object *subjects = member_array(statement, "subject");
	const char *found = NULL;
	for (size_t i = 0; i < json_object_array_length(subjects); i++) {
		const struct json_object *subject = json_object_array_get_idx(subjects, i);
		const char *value = member_text(member_object(subject, "digest"), algorithm);
		if (value != NULL)
			found = found == NULL ? value : "";
	}
	return found;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool passport_check_subjects(const struct json_object *statement, struct err *err)
{
	const struct json_object *release = member_object(statement_predicate(statement), "release");
	const char *artifact = member_text(release, "artifact"), *sha = member_text(release, "sourceSha");
	static const char prefix[] = "sha256:";
	if (artifact == NULL && sha == NULL)
		return err_set(err, ERR_UNVERIFIED, "the passport names neither an artifact nor a commit");
	if (artifact != NULL && strncmp(artifact, prefix, strlen(prefix)) != 0)
		return err_set(err, ERR_UNVERIFIED, "the passport's artifact is no SHA-256 digest");
	if (!same(artifact != NULL ? artifact + strlen(prefix) : NULL, subject_digest(statement, "sha256")) ||
		!same(sha, subject_digest(statement, "gitCommit")))
		return err_set(err, ERR_UNVERIFIED, "the passport's subjects are not those of its release");
	return true;
}

bool passport_open(const struct keyset *keys, const char *envelope, size_t len, struct json_object **statement,
	const struct keyset_key **key, struct err *err)
{
	owned_dsse struct dsse_envelope read = { 0 };
	owned(json) struct json_object *parsed = NULL;
	const struct keyset_key *by;
	if (!dsse_parse(envelope, len, &read, err) || !passport_check_signature(keys, &read, &by, err) ||
		!statement_parse(read.payload.data, read.payload.len, &parsed, err) ||
		!passport_check_key(parsed, by, err) || !passport_check_subjects(parsed, err))
		return false;
	*statement = take(parsed);
	if (key != NULL)
		*key = by;
	return true;
}
