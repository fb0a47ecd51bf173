#include "passport/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "passport/bundle.h"
#include "passport/event.h"
#include "passport/member.h"
#include "passport/open.h"
#include "passport/statement.h"
#include "policy/names.h"

static const char *const names[VERIFY_CHECK_COUNT] = {
	[VERIFY_FORMAT] = "format",
	[VERIFY_SIGNATURE] = "signature",
	[VERIFY_STATEMENT] = "statement",
	[VERIFY_KEY] = "key",
	[VERIFY_DECISION] = "decision",
	[VERIFY_WORKSPACE] = "workspace",
	[VERIFY_SERVICE] = "service",
	[VERIFY_ENVIRONMENT] = "environment",
	[VERIFY_ARTIFACT] = "artifact",
	[VERIFY_SOURCE] = "source",
	[VERIFY_AGE] = "age",
	[VERIFY_VALIDITY] = "validity",
};

static void PRINTF_LIKE(4, 5)
	note(struct verify_result *result, enum verify_check_id id, enum verify_status status, const char *format, ...)
{
	struct verify_check *check = &result->checks[id];
	va_list args;
	va_start(args, format);
	vsnprintf(check->text, sizeof(check->text), format, args);
	va_end(args);
	check->status = status;
}

static bool fail(struct verify_result *result, enum verify_check_id id, const struct err *err)
{
	note(result, id, VERIFY_FAILED, "%s%s%.200s", err->where, err->where[0] != '\0' ? ": " : "", err->text);
	return false;
}

/* --- whether to believe it --- */

static bool find_envelope(const char *text, size_t len, struct buf *envelope, struct err *err)
{
	owned(json) struct json_object *object = NULL;
	if (!json_parse(text, len, &object, err))
		return false;
	if (member_any(object, "mediaType") != NULL)
		return bundle_parse(text, len, envelope, err);
	if (member_any(object, "envelope") != NULL)
		return decision_event_envelope(text, len, envelope, err);
	buf_append(envelope, text, len);
	return true;
}

/* The first four checks; the statement is kept only if all of them hold. */
static bool open_passport(const char *text, size_t len, const struct keyset *keys, struct verify_result *result)
{
	owned_buf struct buf envelope_text = { 0 };
	owned_dsse struct dsse_envelope envelope = { 0 };
	owned(json) struct json_object *statement = NULL;
	const struct keyset_key *key;
	struct err err = { 0 };
	if (!find_envelope(text, len, &envelope_text, &err) ||
		!dsse_parse(buf_str(&envelope_text), envelope_text.len, &envelope, &err))
		return fail(result, VERIFY_FORMAT, &err);
	note(result, VERIFY_FORMAT, VERIFY_OK, "a DSSE envelope with %zu signature%s", envelope.nsignatures,
		envelope.nsignatures == 1 ? "" : "s");
	if (!passport_check_signature(keys, &envelope, &key, &err))
		return fail(result, VERIFY_SIGNATURE, &err);
	note(result, VERIFY_SIGNATURE, VERIFY_OK, "holds under %s key %.16s...",
		key_algorithm_name(verify_key_algorithm(key->key)), verify_key_id(key->key));
	if (!statement_parse(envelope.payload.data, envelope.payload.len, &statement, &err) ||
		!passport_check_subjects(statement, &err))
		return fail(result, VERIFY_STATEMENT, &err);
	note(result, VERIFY_STATEMENT, VERIFY_OK, "an in-toto Statement v1 with a passport");
	if (!passport_check_key(statement, key, &err))
		return fail(result, VERIFY_KEY, &err);
	note(result, VERIFY_KEY, VERIFY_OK, "the passport names the key that signed it");
	result->statement = take(statement);
	result->key = key;
	return true;
}

/* --- whether it is the one that was asked for --- */

static void check_text(struct verify_result *result, enum verify_check_id id, const char *demanded, const char *found)
{
	if (demanded == NULL)
		return;
	if (found == NULL)
		note(result, id, VERIFY_FAILED, "the passport names none, demanded is %.150s", demanded);
	else if (strcmp(demanded, found) != 0)
		note(result, id, VERIFY_FAILED, "the passport is for %.100s, demanded is %.100s", found, demanded);
	else
		note(result, id, VERIFY_OK, "%.200s", found);
}

static bool accepted(Rp__V1__Decision decision, const struct verify_demands *demands)
{
	if (demands->ndecisions == 0)
		return decision == RP__V1__DECISION__DECISION_ALLOW ||
		       decision == RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY;
	for (size_t i = 0; i < demands->ndecisions; i++)
		if (demands->decisions[i] == decision)
			return true;
	return false;
}

static void check_decision(
	struct verify_result *result, const struct json_object *predicate, const struct verify_demands *demands)
{
	const char *text = member_text(predicate, "decision");
	Rp__V1__Decision decision;
	if (text == NULL || !decision_parse(text, &decision))
		note(result, VERIFY_DECISION, VERIFY_FAILED, "the passport holds no known decision");
	else if (!accepted(decision, demands))
		note(result, VERIFY_DECISION, VERIFY_FAILED, "%s is not among the accepted decisions", text);
	else
		note(result, VERIFY_DECISION, VERIFY_OK, "%s", text);
}

static void check_age(struct verify_result *result, int64_t decided_us, const struct verify_demands *demands)
{
	char age[64], most[64];
	if (demands->max_age_ms <= 0)
		return;
	int64_t age_ms = (demands->now_us - decided_us) / CLOCK_US_PER_MS;
	clock_describe(age_ms > 0 ? age_ms : 0, age, sizeof(age));
	clock_describe(demands->max_age_ms, most, sizeof(most));
	if (age_ms > demands->max_age_ms)
		note(result, VERIFY_AGE, VERIFY_FAILED, "decided %s ago, accepted are %s", age, most);
	else
		note(result, VERIFY_AGE, VERIFY_OK, "decided %s ago", age);
}

static void check_validity(struct verify_result *result, const struct json_object *predicate,
	const struct json_object *timestamps, int64_t decided_us, const struct verify_demands *demands)
{
	int64_t until_us, signed_us, latest_us = demands->now_us + VERIFY_SKEW_US;
	char until[CLOCK_RFC3339_SIZE];
	if (!member_time(predicate, "validUntil", &until_us) || !member_time(timestamps, "signed", &signed_us)) {
		note(result, VERIFY_VALIDITY, VERIFY_FAILED, "the passport does not say how long it is valid");
		return;
	}
	clock_format(until_us, until);
	if (decided_us > latest_us || signed_us > latest_us)
		note(result, VERIFY_VALIDITY, VERIFY_FAILED, "the passport is from the future");
	else if (until_us > demands->now_us)
		note(result, VERIFY_VALIDITY, VERIFY_OK, "valid until %s", until);
	else
		note(result, VERIFY_VALIDITY, demands->accept_expired ? VERIFY_OK : VERIFY_FAILED, "expired at %s",
			until);
}

static void check_times(
	struct verify_result *result, const struct json_object *predicate, const struct verify_demands *demands)
{
	const struct json_object *timestamps = member_object(predicate, "timestamps");
	int64_t decided_us;
	if (member_time(timestamps, "decided", &decided_us)) {
		check_age(result, decided_us, demands);
		check_validity(result, predicate, timestamps, decided_us, demands);
		return;
	}
	note(result, VERIFY_VALIDITY, VERIFY_FAILED, "the passport does not say when it was decided");
	if (demands->max_age_ms > 0)
		note(result, VERIFY_AGE, VERIFY_FAILED, "the passport does not say when it was decided");
}

static void check_demands(struct verify_result *result, const struct verify_demands *demands)
{
	const struct json_object *predicate = statement_predicate(result->statement);
	const struct json_object *release = member_object(predicate, "release");
	check_decision(result, predicate, demands);
	check_text(result, VERIFY_WORKSPACE, demands->workspace, member_text(predicate, "workspace"));
	check_text(result, VERIFY_SERVICE, demands->service, member_text(release, "service"));
	check_text(result, VERIFY_ENVIRONMENT, demands->environment, member_text(release, "environment"));
	check_text(result, VERIFY_ARTIFACT, demands->artifact_digest, member_text(release, "artifact"));
	check_text(result, VERIFY_SOURCE, demands->source_sha, member_text(release, "sourceSha"));
	check_times(result, predicate, demands);
}

/* Until a check has been made, it has failed if it is demanded. */
static void begin(struct verify_result *result, const struct verify_demands *demands)
{
	const bool demanded[VERIFY_CHECK_COUNT] = {
		[VERIFY_FORMAT] = true,
		[VERIFY_SIGNATURE] = true,
		[VERIFY_STATEMENT] = true,
		[VERIFY_KEY] = true,
		[VERIFY_DECISION] = true,
		[VERIFY_WORKSPACE] = demands->workspace != NULL,
		[VERIFY_SERVICE] = demands->service != NULL,
		[VERIFY_ENVIRONMENT] = demands->environment != NULL,
		[VERIFY_ARTIFACT] = demands->artifact_digest != NULL,
		[VERIFY_SOURCE] = demands->source_sha != NULL,
		[VERIFY_AGE] = demands->max_age_ms > 0,
		[VERIFY_VALIDITY] = true,
	};
	*result = (struct verify_result){ 0 };
	for (enum verify_check_id id = 0; id < VERIFY_CHECK_COUNT; id++) {
		result->checks[id].name = names[id];
		if (demanded[id])
			note(result, id, VERIFY_FAILED, "not checked: an earlier check failed");
		else
			note(result, id, VERIFY_NOT_DEMANDED, "not demanded");
	}
}

bool passport_verify(const char *text, size_t len, const struct keyset *keys, const struct verify_demands *demands,
	struct verify_result *result, struct err *err)
{
	begin(result, demands);
	if (open_passport(text, len, keys, result))
		check_demands(result, demands);
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++)
		if (result->checks[i].status == VERIFY_FAILED)
			return err_set_at(err, ERR_UNVERIFIED, result->checks[i].name, "%s", result->checks[i].text);
	return true;
}

void verify_result_finish(struct verify_result *result)
{
	json_object_put(result->statement);
	*result = (struct verify_result){ 0 };
}

const char *verify_status_name(enum verify_status status)
{
	switch (status) {
	case VERIFY_NOT_DEMANDED: return "not demanded";
	case VERIFY_OK: return "ok";
	case VERIFY_FAILED: return "failed";
	}
	return "failed";
}
