/* DSSE envelopes and Sigstore bundles that others made (dsse/ of the vectors' README). */
#include <openssl/ecdsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/encode.h"
#include "crypto/key.h"
#include "json/json.h"
#include "passport/bundle.h"
#include "passport/dsse.h"
#include "passport/member.h"
#include "vectors.h"

/* r||s (32 bytes each) as DER. */
static void raw_to_der(const struct buf *raw, struct buf *der)
{
	ck_assert_uint_eq(raw->len, 64);
	const uint8_t *bytes = (const uint8_t *)raw->data;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	ECDSA_SIG_set0(sig, BN_bin2bn(bytes, 32, NULL), BN_bin2bn(bytes + 32, 32, NULL));
	unsigned char *out = NULL;
	int len = i2d_ECDSA_SIG(sig, &out);
	ck_assert_int_gt(len, 0);
	buf_append(der, out, (size_t)len);
	OPENSSL_free(out);
	ECDSA_SIG_free(sig);
}

static void parse_vector(struct json_object *test, const char *member, struct dsse_envelope *envelope)
{
	owned_buf struct buf text = { 0 };
	struct err err = { 0 };
	ck_assert(vectors_base64(test, member, &text));
	ck_assert_msg(dsse_parse(text.data, text.len, envelope, &err), "%s: %s %s", vectors_text(test, "name"),
		err.where, err.text);
}

START_TEST(test_conformance__envelopes_encode_as_they_should)
{
	struct json_object *file, *tests = vectors_tests("dsse/envelopes.json", &file);
	size_t encoded = 0;
	for (; encoded < json_object_array_length(tests); encoded++) {
		struct json_object *test = json_object_array_get_idx(tests, encoded);
		owned_dsse struct dsse_envelope envelope = { 0 };
		owned_buf struct buf expected = { 0 }, pae = { 0 };
		parse_vector(test, "envelope", &envelope);
		ck_assert(vectors_base64(test, "pae", &expected));
		dsse_pae(envelope.payload_type, envelope.payload.data, envelope.payload.len, &pae);
		ck_assert_uint_eq(pae.len, expected.len);
		ck_assert_mem_eq(pae.data, expected.data, pae.len);
	}
	ck_assert_uint_eq(encoded, 4);
	json_object_put(file);
}
END_TEST

/* The only P-256 signature among them is r||s: refused as it stands, and right once it is DER. */
START_TEST(test_conformance__envelopes_of_p256)
{
	struct json_object *file, *tests = vectors_tests("dsse/envelopes.json", &file);
	size_t verified = 0, not_applicable = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		const char *pem = vectors_text(test, "key");
		struct verify_key *key = NULL;
		if (strcmp(vectors_text(test, "alg"), "ecdsa-p256") != 0) {
			ck_assert(!verify_key_parse(pem, strlen(pem), &key, NULL));
			not_applicable++;
			continue;
		}
		ck_assert(verify_key_parse(pem, strlen(pem), &key, NULL));
		owned_dsse struct dsse_envelope envelope = { 0 };
		parse_vector(test, "envelope", &envelope);
		ck_assert_str_eq(vectors_text(test, "signature_format"), "raw");
		const struct verify_key *const keys[] = { key };
		ck_assert(!dsse_verify(&envelope, envelope.payload_type, keys, 1, NULL, NULL));
		struct buf der = { 0 };
		raw_to_der(&envelope.signatures[0], &der);
		buf_finish(&envelope.signatures[0]);
		envelope.signatures[0] = der;
		ck_assert(dsse_verify(&envelope, envelope.payload_type, keys, 1, NULL, NULL));
		verify_key_destroy(key);
		verified++;
	}
	ck_assert_uint_eq(verified, 1);
	ck_assert_uint_eq(not_applicable, 3);
	json_object_put(file);
}
END_TEST

/*
 * What a reader of version 0.3 with a plain key makes of each bundle: none of them is one of ours (there is no 0.3
 * bundle with a key around an envelope among them), so that all are refused, each for its own reason.
 */
START_TEST(test_conformance__bundles_of_other_kinds_are_refused)
{
	struct json_object *file, *tests = vectors_tests("dsse/bundles.json", &file);
	size_t for_version = 0, for_material = 0, for_content = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		owned_buf struct buf text = { 0 }, envelope = { 0 };
		struct err err = { 0 };
		ck_assert(vectors_base64(test, "bundle", &text));
		ck_assert_msg(!bundle_parse(text.data, text.len, &envelope, &err), "%s", vectors_text(test, "name"));
		bool v03 = strcmp(vectors_text(test, "media_type"), BUNDLE_MEDIA_TYPE) == 0;
		bool keyed = strcmp(vectors_text(test, "material"), "publicKey") == 0;
		ck_assert_str_eq(err.where, !v03 ? "/mediaType" : !keyed ? "/verificationMaterial" : "/dsseEnvelope");
		for_version += !v03;
		for_material += v03 && !keyed;
		for_content += v03 && keyed;
	}
	ck_assert_uint_eq(for_version, 17);
	ck_assert_uint_eq(for_material, 4);
	ck_assert_uint_eq(for_content, 2);
	json_object_put(file);
}
END_TEST

struct count {
	size_t valid, invalid, structure;
};

/* The envelope inside, whatever the version and the material. */
static void check_envelope(struct json_object *test, struct count *count)
{
	owned_buf struct buf text = { 0 }, inner = { 0 };
	owned(json) struct json_object *bundle = NULL;
	struct err err = { 0 };
	const char *name = vectors_text(test, "name");
	ck_assert(vectors_base64(test, "bundle", &text));
	ck_assert_msg(json_parse(text.data, text.len, &bundle, &err), "%s: %s %s", name, err.where, err.text);
	json_text(member_object(bundle, "dsseEnvelope"), false, &inner);
	owned_dsse struct dsse_envelope envelope = { 0 };
	ck_assert_msg(dsse_parse(inner.data, inner.len, &envelope, &err), "%s: %s %s", name, err.where, err.text);

	const char *pem = vectors_text(test, "key");
	owned(verify_key) struct verify_key *key = NULL;
	ck_assert_msg(verify_key_parse(pem, strlen(pem), &key, &err), "%s: %s", name, err.text);
	const struct verify_key *const keys[] = { key };
	bool holds = dsse_verify(&envelope, "application/vnd.in-toto+json", keys, 1, NULL, &err);
	if (strcmp(vectors_text(test, "group"), "structure") == 0) {
		ck_assert_msg(!holds, "%s", name);
		count->structure++;
		return;
	}
	bool valid = strcmp(vectors_text(test, "signature"), "valid") == 0;
	ck_assert_msg(holds == valid, "%s: %s", name, holds ? "holds" : err.text);
	ck_assert_str_eq(vectors_text(test, "expect"), valid ? "accept" : "reject");
	if (valid)
		count->valid++;
	else
		count->invalid++;
}

START_TEST(test_conformance__envelopes_inside_bundles)
{
	struct json_object *file, *tests = vectors_tests("dsse/bundles.json", &file);
	struct count keyed = { 0 }, certified = { 0 };
	size_t messages = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		if (strcmp(vectors_text(test, "content"), "dsse") != 0)
			messages++;
		else if (strcmp(vectors_text(test, "group"), "key") == 0)
			check_envelope(test, &keyed);
		else
			check_envelope(test, &certified);
	}
	ck_assert_uint_eq(json_object_array_length(tests), 23);
	ck_assert_uint_eq(messages, 6);
	ck_assert_uint_eq(keyed.valid, 4);
	ck_assert_uint_eq(keyed.invalid, 3);
	ck_assert_uint_eq(certified.valid, 8);
	ck_assert_uint_eq(certified.invalid, 1);
	ck_assert_uint_eq(certified.structure, 1);
	json_object_put(file);
}
END_TEST

VECTORS_MAIN("passport/conformance", test_conformance__envelopes_encode_as_they_should,
	test_conformance__envelopes_of_p256, test_conformance__bundles_of_other_kinds_are_refused,
	test_conformance__envelopes_inside_bundles)
