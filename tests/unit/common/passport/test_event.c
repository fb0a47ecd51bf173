#include "passport/event.h"

#include <string.h>

#include "json/json.h"
#include "passport/answer.h"
#include "passport/dsse.h"
#include "passport/member.h"
#include "sample.h"
#include "unit.h"

static struct json_object *event_of(const char *envelope, size_t len)
{
	owned_buf struct buf text = { 0 };
	struct json_object *event = NULL;
	struct err err = { 0 };
	ck_assert_msg(decision_event_build(envelope, len, &text, &err), "%s %s", err.where, err.text);
	ck_assert(json_parse(text.data, text.len, &event, NULL));
	return event;
}

START_TEST(test_event__is_the_answer_and_what_it_is_about)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned_buf struct buf envelope = { 0 };
	sample_envelope(sample_verdict(), key, &envelope);
	owned(json) struct json_object *event = event_of(envelope.data, envelope.len);
	ck_assert_str_eq(member_text(event, "workspace"), "acme");
	ck_assert_str_eq(member_text(event, "service"), "checkout-api");
	ck_assert_str_eq(member_text(event, "environment"), "production");
	ck_assert_str_eq(member_text(event, "namespace"), "apps-checkout");
	ck_assert_str_eq(member_text(member_object(event, "release"), "version"), "2.18.4");
	ck_assert_str_eq(member_text(member_object(event, "release"), "releaseId"), "gh-123456");
	ck_assert_str_eq(member_text(member_object(event, "release"), "sourceSha"), SAMPLE_SHA);
	ck_assert_str_eq(member_text(member_object(event, "artifact"), "digest"), SAMPLE_ARTIFACT);
	ck_assert_str_eq(member_text(member_object(event, "artifact"), "repository"), "registry.example/checkout-api");
	ck_assert_str_eq(member_text(member_object(event, "actor"), "subject"), "ci/checkout");
	ck_assert_str_eq(member_text(event, "decision"), "HOLD");

	/* Without these it is the answer. */
	static const char *const more[] = { "workspace", "service", "environment", "namespace", "release", "artifact",
		"actor", "envelope" };
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		json_object_object_del(event, more[i]);
	owned_dsse struct dsse_envelope read = { 0 };
	owned(json) struct json_object *statement = NULL, *answer = NULL;
	ck_assert(dsse_parse(envelope.data, envelope.len, &read, NULL));
	ck_assert(statement_parse(read.payload.data, read.payload.len, &statement, NULL));
	ck_assert(answer_from_statement(statement, &answer, NULL));
	ck_assert(json_object_equal(event, answer));
}
END_TEST

START_TEST(test_event__is_the_same_when_repeated_and_gives_back_the_envelope)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ECDSA_P256);
	owned_buf struct buf envelope = { 0 }, one = { 0 }, again = { 0 }, inside = { 0 };
	sample_envelope(sample_verdict(), key, &envelope);
	ck_assert(decision_event_build(envelope.data, envelope.len, &one, NULL));
	ck_assert(decision_event_build(envelope.data, envelope.len, &again, NULL));
	ck_assert_str_eq(one.data, again.data);
	ck_assert(decision_event_envelope(one.data, one.len, &inside, NULL));
	ck_assert_str_eq(inside.data, envelope.data);
}
END_TEST

START_TEST(test_event__without_an_artifact)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned_buf struct buf envelope = { 0 };
	Rp__V1__Verdict *verdict = sample_verdict();
	static char empty[] = "";
	verdict->release->artifact_digest = empty;
	sample_envelope(verdict, key, &envelope);
	owned(json) struct json_object *event = event_of(envelope.data, envelope.len);
	ck_assert_ptr_null(member_any(event, "artifact"));
	ck_assert(json_object_object_get_ex(event, "artifact", NULL));
}
END_TEST

START_TEST(test_event__refuses_what_holds_no_passport)
{
	static const char *const texts[] = { "", "{}",
		"{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}" };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		owned_buf struct buf out = { 0 };
		struct err err = { 0 };
		ck_assert(!decision_event_build(texts[i], strlen(texts[i]), &out, &err));
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert(!decision_event_envelope(texts[i], strlen(texts[i]), &out, &err));
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_uint_eq(out.len, 0);
	}
}
END_TEST

UNIT_MAIN("passport/event", test_event__is_the_answer_and_what_it_is_about,
	test_event__is_the_same_when_repeated_and_gives_back_the_envelope, test_event__without_an_artifact,
	test_event__refuses_what_holds_no_passport)
