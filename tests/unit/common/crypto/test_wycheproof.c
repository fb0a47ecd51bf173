/* Signatures that were made to be mistaken (C2SP Wycheproof): every case of the two files applies. */
#include <string.h>

#include "crypto/key.h"
#include "vectors.h"

struct count {
	size_t valid, invalid;
};

static void check_case(const char *file, const struct verify_key *key, struct json_object *test, struct count *count)
{
	owned_buf struct buf message = { 0 }, signature = { 0 };
	ck_assert(vectors_hex(test, "msg", &message));
	ck_assert(vectors_hex(test, "sig", &signature));
	bool holds = verify_key_verify(key, message.data, message.len, signature.data, signature.len);
	const char *result = vectors_text(test, "result");
	bool valid = strcmp(result, "valid") == 0;
	ck_assert_msg(valid || strcmp(result, "invalid") == 0, "a third result: %s", result);
	ck_assert_msg(holds == valid, "%s: case %d (%s) is %s", file, (int)vectors_int(test, "tcId", 0),
		vectors_text(test, "comment"), result);
	if (valid)
		count->valid++;
	else
		count->invalid++;
}

static struct count check_file(const char *file, enum key_algorithm algorithm)
{
	struct count count = { 0 };
	struct json_object *loaded = vectors_load(file), *groups, *tests;
	ck_assert(json_object_object_get_ex(loaded, "testGroups", &groups));
	for (size_t i = 0; i < json_object_array_length(groups); i++) {
		struct json_object *group = json_object_array_get_idx(groups, i);
		const char *pem = vectors_text(group, "publicKeyPem");
		struct verify_key *key = NULL;
		struct err err = { 0 };
		ck_assert_msg(verify_key_parse(pem, strlen(pem), &key, &err), "%s: group %zu: %s", file, i, err.text);
		ck_assert_int_eq(verify_key_algorithm(key), algorithm);
		ck_assert(json_object_object_get_ex(group, "tests", &tests));
		for (size_t j = 0; j < json_object_array_length(tests); j++)
			check_case(file, key, json_object_array_get_idx(tests, j), &count);
		verify_key_destroy(key);
	}
	json_object_put(loaded);
	return count;
}

START_TEST(test_wycheproof__ecdsa_p256_sha256)
{
	struct count count = check_file("wycheproof/ecdsa_secp256r1_sha256_test.json", KEY_ECDSA_P256);
	ck_assert_uint_eq(count.valid, 107);
	ck_assert_uint_eq(count.invalid, 177);
}
END_TEST

START_TEST(test_wycheproof__ed25519)
{
	struct count count = check_file("wycheproof/ed25519_test.json", KEY_ED25519);
	ck_assert_uint_eq(count.valid, 62);
	ck_assert_uint_eq(count.invalid, 35);
}
END_TEST

VECTORS_MAIN("crypto/wycheproof", test_wycheproof__ecdsa_p256_sha256, test_wycheproof__ed25519)
