#include "passport/verify.h"

#include <json-c/json_pointer.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "passport/bundle.h"
#include "passport/dsse.h"
#include "passport/event.h"
#include "passport/member.h"
#include "sample.h"
#include "unit.h"

#define ALLOWED RP__V1__DECISION__DECISION_ALLOW
#define HELD RP__V1__DECISION__DECISION_HOLD
#define LATER_US (SAMPLE_DECIDED_US + INT64_C(60000000))

static struct signing_key *key;
static struct verify_key *public;
static struct keyset *keys;

static struct keyset *keyset_of(const struct verify_key *of)
{
	owned_buf struct buf pem = { 0 };
	struct keyset *set = NULL;
	verify_key_pem(of, &pem);
	ck_assert(keyset_parse(pem.data, pem.len, &set, NULL));
	return set;
}

static void make_keys(void)
{
	if (key != NULL)
		return;
	key = signing_key_generate(KEY_ECDSA_P256);
	public = signing_key_public(key);
	keys = keyset_of(public);
}

/* An allowed release's envelope, the caller's. */
static struct buf allowed(void)
{
	struct buf envelope = { 0 };
	make_keys();
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = ALLOWED;
	sample_envelope(verdict, key, &envelope);
	return envelope;
}

/* The status of this check, after verifying text with these demands. */
static enum verify_status status_of(
	const struct buf *text, const struct verify_demands *demands, enum verify_check_id id)
{
	struct verify_result result;
	struct err err = { 0 };
	bool ok = passport_verify(buf_str(text), text->len, keys, demands, &result, &err);
	enum verify_status status = result.checks[id].status;
	bool failed = false;
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++)
		failed = failed || result.checks[i].status == VERIFY_FAILED;
	ck_assert_msg(ok == !failed, "%s: %s", err.where, err.text);
	if (!ok)
		ck_assert_int_eq(err.kind, ERR_UNVERIFIED);
	verify_result_finish(&result);
	return status;
}

static bool holds(const struct buf *text, const struct verify_demands *demands)
{
	struct verify_result result;
	bool ok = passport_verify(buf_str(text), text->len, keys, demands, &result, NULL);
	verify_result_finish(&result);
	return ok;
}

static const struct verify_demands all = {
	.workspace = "acme",
	.service = "checkout-api",
	.environment = "production",
	.artifact_digest = SAMPLE_ARTIFACT,
	.source_sha = SAMPLE_SHA,
	.max_age_ms = 60000,
	.now_us = LATER_US,
};

START_TEST(test_verify__every_demand_holds)
{
	owned_buf struct buf text = allowed();
	struct verify_result result;
	struct err err = { 0 };
	ck_assert_msg(passport_verify(text.data, text.len, keys, &all, &result, &err), "%s: %s", err.where, err.text);
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
		ck_assert_int_eq(result.checks[i].status, VERIFY_OK);
		ck_assert_str_ne(result.checks[i].text, "");
	}
	ck_assert_ptr_nonnull(result.statement);
	ck_assert_str_eq(verify_key_id(result.key->key), verify_key_id(public));
	verify_result_finish(&result);
}
END_TEST

START_TEST(test_verify__reads_every_form)
{
	owned_buf struct buf text = allowed(), bundle = { 0 }, event = { 0 };
	ck_assert(bundle_build(text.data, text.len, public, &bundle, NULL));
	ck_assert(decision_event_build(text.data, text.len, &event, NULL));
	ck_assert(holds(&text, &all));
	ck_assert(holds(&bundle, &all));
	ck_assert(holds(&event, &all));
}
END_TEST

START_TEST(test_verify__lists_what_was_not_demanded)
{
	owned_buf struct buf text = allowed();
	const struct verify_demands none = { .now_us = LATER_US };
	ck_assert(holds(&text, &none));
	ck_assert_int_eq(status_of(&text, &none, VERIFY_ARTIFACT), VERIFY_NOT_DEMANDED);
	ck_assert_int_eq(status_of(&text, &none, VERIFY_AGE), VERIFY_NOT_DEMANDED);
	ck_assert_int_eq(status_of(&text, &none, VERIFY_DECISION), VERIFY_OK);
	ck_assert_int_eq(status_of(&text, &none, VERIFY_VALIDITY), VERIFY_OK);
	ck_assert_str_eq(verify_status_name(VERIFY_OK), "ok");
	ck_assert_str_eq(verify_status_name(VERIFY_FAILED), "failed");
	ck_assert_str_eq(verify_status_name(VERIFY_NOT_DEMANDED), "not demanded");
}
END_TEST

START_TEST(test_verify__each_demand_can_fail)
{
	static const struct {
		enum verify_check_id id;
		struct verify_demands demands;
	} cases[] = {
		{ VERIFY_WORKSPACE, { .workspace = "other" } },
		{ VERIFY_SERVICE, { .service = "checkout" } },
		{ VERIFY_ENVIRONMENT, { .environment = "Production" } },
		{ VERIFY_ARTIFACT,
			{ .artifact_digest =
					"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" } },
		{ VERIFY_ARTIFACT, { .artifact_digest = "" } },
		{ VERIFY_SOURCE, { .source_sha = "bbbbbbb" } },
		{ VERIFY_AGE, { .max_age_ms = 59999 } },
	};
	owned_buf struct buf text = allowed();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verify_demands demands = cases[i].demands;
		demands.now_us = LATER_US;
		ck_assert_msg(status_of(&text, &demands, cases[i].id) == VERIFY_FAILED, "case %zu", i);
	}
}
END_TEST

START_TEST(test_verify__what_the_passport_does_not_name_fails)
{
	static char empty[] = "";
	make_keys();
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = ALLOWED;
	verdict->release->artifact_digest = empty;
	owned_buf struct buf text = { 0 };
	sample_envelope(verdict, key, &text);
	ck_assert_int_eq(status_of(&text, &all, VERIFY_ARTIFACT), VERIFY_FAILED);
	ck_assert_int_eq(status_of(&text, &all, VERIFY_SOURCE), VERIFY_OK);
}
END_TEST

START_TEST(test_verify__only_positive_decisions_unless_told)
{
	static const Rp__V1__Decision held[] = { HELD };
	for (Rp__V1__Decision d = ALLOWED; d <= RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED; d++) {
		make_keys();
		Rp__V1__Verdict *verdict = sample_verdict();
		verdict->decision = d;
		verdict->binding->mode = RP__V1__MODE__MODE_SHADOW; /* what was not enforced is not allowed for that */
		owned_buf struct buf text = { 0 };
		sample_envelope(verdict, key, &text);
		struct verify_demands demands = { .now_us = LATER_US };
		ck_assert(holds(&text, &demands) == (d <= RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY));
		demands.decisions = held, demands.ndecisions = 1;
		ck_assert(holds(&text, &demands) == (d == HELD));
	}
}
END_TEST

START_TEST(test_verify__expiry_counts_unless_told)
{
	owned_buf struct buf text = allowed();
	struct verify_demands demands = { .now_us = SAMPLE_VALID_UNTIL_US - 1 };
	ck_assert(holds(&text, &demands));
	demands.now_us = SAMPLE_VALID_UNTIL_US;
	ck_assert_int_eq(status_of(&text, &demands, VERIFY_VALIDITY), VERIFY_FAILED);
	demands.accept_expired = true;
	ck_assert_int_eq(status_of(&text, &demands, VERIFY_VALIDITY), VERIFY_OK);
	/* The age is a demand of its own. */
	demands.max_age_ms = 1000;
	ck_assert_int_eq(status_of(&text, &demands, VERIFY_AGE), VERIFY_FAILED);
}
END_TEST

START_TEST(test_verify__the_future_is_refused)
{
	owned_buf struct buf text = allowed();
	struct verify_demands demands = { .now_us = SAMPLE_SIGNED_US - VERIFY_SKEW_US, .max_age_ms = 1000 };
	ck_assert(holds(&text, &demands));
	demands.now_us--;
	ck_assert_int_eq(status_of(&text, &demands, VERIFY_VALIDITY), VERIFY_FAILED);
	demands.accept_expired = true;
	ck_assert_int_eq(status_of(&text, &demands, VERIFY_VALIDITY), VERIFY_FAILED);
}
END_TEST

START_TEST(test_verify__without_a_signature_nothing_is_believed)
{
	make_keys();
	owned(signing_key) struct signing_key *forger = signing_key_generate(KEY_ECDSA_P256);
	owned_buf struct buf text = { 0 };
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = ALLOWED;
	sample_envelope(verdict, forger, &text);
	struct verify_result result;
	struct err err = { 0 };
	ck_assert(!passport_verify(text.data, text.len, keys, &all, &result, &err));
	ck_assert_str_eq(err.where, "signature");
	ck_assert_ptr_null(result.statement);
	ck_assert_ptr_null(result.key);
	ck_assert_int_eq(result.checks[VERIFY_FORMAT].status, VERIFY_OK);
	for (size_t i = VERIFY_SIGNATURE; i < VERIFY_CHECK_COUNT; i++)
		ck_assert_int_eq(result.checks[i].status, VERIFY_FAILED);
	verify_result_finish(&result);
}
END_TEST

START_TEST(test_verify__any_changed_byte_fails)
{
	owned_buf struct buf text = allowed();
	char *payload = strstr(text.data, "\"payload\":\"") + strlen("\"payload\":\"");
	const char *end = strchr(payload, '"');
	ck_assert_int_gt(end - payload, 2000);
	for (char *at = payload; at < end; at += 7) {
		char kept = *at;
		*at = kept == 'A' ? 'B' : 'A';
		ck_assert(!holds(&text, &all));
		*at = kept;
	}
	ck_assert(holds(&text, &all));
}
END_TEST

/* An envelope whose statement was changed at pointer before it was signed by our own key. */
static struct buf signed_with(const char *pointer, struct json_object *value)
{
	make_keys();
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = ALLOWED;
	owned_buf struct buf text = { 0 }, changed = { 0 };
	struct json_object *tree = NULL;
	sample_statement(verdict, verify_key_id(public), &text);
	ck_assert(json_parse(text.data, text.len, &tree, NULL));
	ck_assert_int_eq(json_pointer_set(&tree, pointer, value), 0);
	ck_assert(json_canonical(tree, &changed, NULL));
	json_object_put(tree);
	struct buf envelope = { 0 };
	ck_assert(dsse_sign(key, STATEMENT_PAYLOAD_TYPE, changed.data, changed.len, &envelope, NULL));
	return envelope;
}

START_TEST(test_verify__a_signed_text_that_is_no_sound_passport_fails)
{
	static const struct {
		const char *pointer, *value; /* NULL: null */
		enum verify_check_id id;
	} cases[] = {
		{ "/predicateType", "https://slsa.dev/provenance/v1", VERIFY_STATEMENT },
		{ "/more", "member", VERIFY_STATEMENT },
		{ "/subject/0/digest/sha256", "aaaa", VERIFY_STATEMENT },
		{ "/subject/1/digest/gitCommit", "bbbb", VERIFY_STATEMENT },
		{ "/subject/1/digest/sha256", "aaaa", VERIFY_STATEMENT },
		{ "/predicate/release/artifact", NULL, VERIFY_STATEMENT },
		{ "/predicate/release/sourceSha", "bbbb", VERIFY_STATEMENT },
		{ "/predicate/release/artifact", "aaaaaaaaaa", VERIFY_STATEMENT },
		{ "/predicate/keyId", "another", VERIFY_KEY },
		{ "/predicate/keyId", NULL, VERIFY_KEY },
		{ "/predicate/timestamps/signed", NULL, VERIFY_KEY },
		{ "/predicate/timestamps/decided", "soon", VERIFY_VALIDITY },
		{ "/predicate/timestamps/decided", NULL, VERIFY_AGE },
		{ "/predicate/validUntil", NULL, VERIFY_VALIDITY },
		{ "/predicate/decision", "APPROVED", VERIFY_DECISION },
		{ "/predicate/decision", NULL, VERIFY_DECISION },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *value = cases[i].value;
		owned_buf struct buf text =
			signed_with(cases[i].pointer, value != NULL ? json_object_new_string(value) : NULL);
		ck_assert_msg(
			status_of(&text, &all, cases[i].id) == VERIFY_FAILED, "case %zu: %s", i, cases[i].pointer);
	}
	owned_buf struct buf later = signed_with("/predicate/later", json_object_new_int(1));
	ck_assert(holds(&later, &all));
}
END_TEST

START_TEST(test_verify__a_key_signs_only_within_its_time)
{
	owned_buf struct buf text = allowed();
	int64_t ends[] = { SAMPLE_SIGNED_US, SAMPLE_SIGNED_US + 1 };
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		owned(keyset) struct keyset *bounded = keyset_of(public);
		struct verify_result result;
		bounded->keys[0].not_after_us = ends[i];
		bool ok = passport_verify(text.data, text.len, bounded, &all, &result, NULL);
		ck_assert(ok == (i == 1));
		ck_assert_int_eq(result.checks[VERIFY_KEY].status, i == 1 ? VERIFY_OK : VERIFY_FAILED);
		verify_result_finish(&result);
	}
}
END_TEST

START_TEST(test_verify__what_is_no_passport_fails_the_format)
{
	static const char *const texts[] = { "", "{", "{}", "[]", "null", "hello", "{\"mediaType\":\"x\"}",
		"{\"envelope\":1}", "{\"envelope\":{}}" };
	make_keys();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		owned_buf struct buf text = { 0 };
		buf_append_str(&text, texts[i]);
		ck_assert_msg(status_of(&text, &all, VERIFY_FORMAT) == VERIFY_FAILED, "%s", texts[i]);
		ck_assert_int_eq(status_of(&text, &all, VERIFY_DECISION), VERIFY_FAILED);
	}
}
END_TEST

UNIT_MAIN("passport/verify", test_verify__every_demand_holds, test_verify__reads_every_form,
	test_verify__lists_what_was_not_demanded, test_verify__each_demand_can_fail,
	test_verify__what_the_passport_does_not_name_fails, test_verify__only_positive_decisions_unless_told,
	test_verify__expiry_counts_unless_told, test_verify__the_future_is_refused,
	test_verify__without_a_signature_nothing_is_believed, test_verify__any_changed_byte_fails,
	test_verify__a_signed_text_that_is_no_sound_passport_fails, test_verify__a_key_signs_only_within_its_time,
	test_verify__what_is_no_passport_fails_the_format)
