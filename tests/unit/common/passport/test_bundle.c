#include "passport/bundle.h"

#include <json-c/json_object.h>
#include <string.h>

#include "base/encode.h"
#include "json/json.h"
#include "passport/member.h"
#include "sample.h"
#include "unit.h"

#define ENVELOPE "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"\",\"sig\":\"AA==\"}]}"

START_TEST(test_bundle__gives_back_the_envelope_byte_for_byte)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ECDSA_P256);
	owned(verify_key) struct verify_key *public = signing_key_public(key);
	owned_buf struct buf envelope = { 0 }, bundle = { 0 }, again = { 0 };
	struct err err = { 0 };
	sample_envelope(sample_verdict(), key, &envelope);
	ck_assert_msg(bundle_build(envelope.data, envelope.len, public, &bundle, &err), "%s", err.text);
	ck_assert_msg(bundle_parse(bundle.data, bundle.len, &again, &err), "%s", err.text);
	ck_assert_str_eq(envelope.data, again.data);
}
END_TEST

START_TEST(test_bundle__hints_at_the_key)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned(verify_key) struct verify_key *public = signing_key_public(key);
	owned_buf struct buf bundle = { 0 }, hint = { 0 };
	ck_assert(bundle_build(ENVELOPE, strlen(ENVELOPE), public, &bundle, NULL));
	owned(json) struct json_object *tree = NULL;
	ck_assert(json_parse(bundle.data, bundle.len, &tree, NULL));
	ck_assert_str_eq(member_text(tree, "mediaType"), "application/vnd.dev.sigstore.bundle.v0.3+json");
	const char *text = member_text(member_object(member_object(tree, "verificationMaterial"), "publicKey"), "hint");
	ck_assert_ptr_nonnull(text);
	ck_assert(base64_decode(text, strlen(text), &hint));
	ck_assert_uint_eq(hint.len, SHA256_SIZE);
	ck_assert_mem_eq(hint.data, verify_key_digest(public), SHA256_SIZE);
}
END_TEST

START_TEST(test_bundle__refuses_an_envelope_that_is_no_json)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned(verify_key) struct verify_key *public = signing_key_public(key);
	owned_buf struct buf bundle = { 0 };
	struct err err = { 0 };
	ck_assert(!bundle_build("{", 1, public, &bundle, &err));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_uint_eq(bundle.len, 0);
}
END_TEST

#define V03 "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""
#define KEYED "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\"}}"

START_TEST(test_bundle__accepts_what_others_add_to_it)
{
	static const char *const texts[] = {
		"{" V03 "," KEYED ",\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03
		",\"verificationMaterial\":{\"publicKey\":{},\"tlogEntries\":[],\"timestampVerificationData\":{}},"
		"\"dsseEnvelope\":" ENVELOPE "}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		owned_buf struct buf envelope = { 0 };
		struct err err = { 0 };
		ck_assert_msg(bundle_parse(texts[i], strlen(texts[i]), &envelope, &err), "%s %s", err.where, err.text);
		ck_assert_str_eq(envelope.data, ENVELOPE);
	}
}
END_TEST

START_TEST(test_bundle__refuses_the_rest)
{
	static const char *const texts[] = {
		"",
		"7",
		ENVELOPE,
		"{" KEYED ",\"dsseEnvelope\":" ENVELOPE "}",
		"{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=0.3\"," KEYED
		",\"dsseEnvelope\":" ENVELOPE "}",
		"{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.4+json\"," KEYED ",\"dsseEnvelope\":" ENVELOPE
		"}",
		"{" V03 ",\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03 ",\"verificationMaterial\":{},\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03 ",\"verificationMaterial\":{\"certificate\":{\"rawBytes\":\"\"}},\"dsseEnvelope\":" ENVELOPE
		"}",
		"{" V03 ",\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\"},\"certificate\":{}},"
		"\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03
		",\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\",\"raw\":1}},\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03 "," KEYED "}",
		"{" V03 "," KEYED ",\"dsseEnvelope\":\""
		"\"}",
		"{" V03 "," KEYED ",\"messageSignature\":{}}",
		"{" V03 "," KEYED ",\"messageSignature\":{},\"dsseEnvelope\":" ENVELOPE "}",
		"{" V03 "," KEYED ",\"unknown\":1,\"dsseEnvelope\":" ENVELOPE "}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		owned_buf struct buf envelope = { 0 };
		struct err err = { 0 };
		ck_assert_msg(!bundle_parse(texts[i], strlen(texts[i]), &envelope, &err), "%s", texts[i]);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_uint_eq(envelope.len, 0);
	}
}
END_TEST

UNIT_MAIN("passport/bundle", test_bundle__gives_back_the_envelope_byte_for_byte, test_bundle__hints_at_the_key,
	test_bundle__refuses_an_envelope_that_is_no_json, test_bundle__accepts_what_others_add_to_it,
	test_bundle__refuses_the_rest)
