#include "passport/keyset.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "passport/member.h"
#include "unit.h"

static struct verify_key *make_key(enum key_algorithm algorithm, struct buf *pem)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(algorithm);
	struct verify_key *public = signing_key_public(key);
	verify_key_pem(public, pem);
	return public;
}

/* The set of these texts, the caller's: PEM text, notBefore and notAfter as JSON. */
static char *set_text(const char *pem, const char *not_before, const char *not_after)
{
	struct buf text = { 0 };
	owned(json) struct json_object *entry = json_object_new_object();
	json_add_string(entry, "publicKey", pem);
	owned_buf struct buf written = { 0 };
	json_text(entry, false, &written);
	buf_truncate(&written, written.len - 1);
	buf_printf(&text, "{\"keys\":[%s%s%s%s%s}]}", buf_str(&written), not_before != NULL ? ",\"notBefore\":" : "",
		not_before != NULL ? not_before : "", not_after != NULL ? ",\"notAfter\":" : "",
		not_after != NULL ? not_after : "");
	return buf_steal(&text, NULL);
}

static struct keyset *parse(const char *text)
{
	struct keyset *set = NULL;
	struct err err = { 0 };
	ck_assert_msg(keyset_parse(text, strlen(text), &set, &err), "%s %s", err.where, err.text);
	return set;
}

START_TEST(test_keyset__reads_keys_with_their_time)
{
	owned_buf struct buf pem = { 0 };
	owned(verify_key) struct verify_key *key = make_key(KEY_ECDSA_P256, &pem);
	char *text = set_text(pem.data, "\"2026-01-01T00:00:00Z\"", "\"2026-07-01T00:00:00Z\"");
	owned(keyset) struct keyset *set = parse(text);
	const struct keyset_key *found = keyset_find(set, verify_key_id(key));
	ck_assert_ptr_nonnull(found);
	int64_t begin, end;
	ck_assert(clock_parse("2026-01-01T00:00:00Z", 20, &begin, NULL));
	ck_assert(clock_parse("2026-07-01T00:00:00Z", 20, &end, NULL));
	ck_assert(!keyset_valid_at(found, begin - 1));
	ck_assert(keyset_valid_at(found, begin));
	ck_assert(keyset_valid_at(found, end - 1));
	ck_assert(!keyset_valid_at(found, end));
	ck_assert_ptr_null(keyset_find(set, "00"));
	free(text);
}
END_TEST

START_TEST(test_keyset__a_time_may_be_open)
{
	owned_buf struct buf pem = { 0 };
	owned(verify_key) struct verify_key *key = make_key(KEY_ED25519, &pem);
	static const char *const ends[] = { NULL, "null" };
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char *text = set_text(pem.data, ends[i], ends[i]);
		owned(keyset) struct keyset *set = parse(text);
		ck_assert(keyset_valid_at(keyset_find(set, verify_key_id(key)), 0));
		ck_assert(keyset_valid_at(keyset_find(set, verify_key_id(key)), INT64_MAX));
		free(text);
	}
}
END_TEST

START_TEST(test_keyset__reads_pem_blocks)
{
	owned_buf struct buf pem = { 0 };
	owned(verify_key) struct verify_key *one = make_key(KEY_ED25519, &pem);
	owned(keyset) struct keyset *single = parse(pem.data);
	ck_assert_uint_eq(single->count, 1);
	buf_append_str(&pem, "# another\n");
	owned(verify_key) struct verify_key *other = make_key(KEY_ECDSA_P256, &pem);
	owned(keyset) struct keyset *both = parse(pem.data);
	ck_assert_uint_eq(both->count, 2);
	ck_assert_ptr_nonnull(keyset_find(both, verify_key_id(one)));
	ck_assert_ptr_nonnull(keyset_find(both, verify_key_id(other)));
}
END_TEST

START_TEST(test_keyset__reads_what_it_publishes)
{
	owned_buf struct buf pem = { 0 }, jwks = { 0 }, blocks = { 0 };
	owned(verify_key) struct verify_key *key = make_key(KEY_ECDSA_P256, &pem);
	char *text = set_text(pem.data, "\"2026-01-01T00:00:00Z\"", NULL);
	owned(keyset) struct keyset *set = parse(text);
	owned(json) struct json_object *tree = keyset_jwks(set);
	json_text(tree, false, &jwks);
	owned(keyset) struct keyset *again = parse(jwks.data);
	ck_assert_uint_eq(again->count, 1);
	ck_assert_str_eq(verify_key_id(again->keys[0].key), verify_key_id(key));
	ck_assert_int_eq(again->keys[0].not_before_us, set->keys[0].not_before_us);
	ck_assert_int_eq(again->keys[0].not_after_us, 0);
	keyset_pem(set, &blocks);
	owned(keyset) struct keyset *from_pem = parse(blocks.data);
	ck_assert_str_eq(verify_key_id(from_pem->keys[0].key), verify_key_id(key));
	ck_assert_msg(strstr(blocks.data, "# signs from 2026-01-01T00:00:00Z until further notice\n") != NULL, "%s",
		blocks.data);
	free(text);
}
END_TEST

START_TEST(test_keyset__jwks_names_the_key)
{
	owned_buf struct buf pem = { 0 };
	owned(verify_key) struct verify_key *key = make_key(KEY_ED25519, &pem);
	owned(keyset) struct keyset *set = parse(pem.data);
	owned(json) struct json_object *tree = keyset_jwks(set);
	struct json_object *jwk = json_object_array_get_idx(member_array(tree, "keys"), 0);
	ck_assert_str_eq(member_text(jwk, "kid"), verify_key_id(key));
	ck_assert_str_eq(member_text(jwk, "kty"), "OKP");
	ck_assert_str_eq(member_text(jwk, "publicKey"), pem.data);
	ck_assert_ptr_null(member_text(jwk, "notAfter"));
}
END_TEST

static void refuse(const char *text, const char *why)
{
	struct keyset *set = NULL;
	struct err err = { 0 };
	ck_assert_msg(!keyset_parse(text, strlen(text), &set, &err), "%s", text);
	ck_assert_ptr_null(set);
	ck_assert_int_eq(err.kind, ERR_FILE);
	ck_assert_msg(strstr(err.text, why) != NULL || strstr(err.where, why) != NULL,
		"%s: \"%s\" (%s) does not say \"%s\"", text, err.text, err.where, why);
}

START_TEST(test_keyset__refuses_what_is_none)
{
	refuse("", "no PEM block");
	refuse("hello", "no PEM block");
	refuse("-----END PUBLIC KEY-----", "no PEM block");
	refuse("{", "");
	refuse("{}", "keys");
	refuse("{\"keys\":[]}", "empty");
	refuse("{\"keys\":[{}]}", "publicKey");
	refuse("{\"keys\":[{\"publicKey\":\"x\"}]}", "no PEM block");
	refuse("{\"keys\":[],\"more\":1}", "more");

	owned_buf struct buf pem = { 0 };
	owned(verify_key) struct verify_key *key = make_key(KEY_ED25519, &pem);
	(void)key; /* only its PEM matters */
	char *text = set_text(pem.data, "\"2026-07-01T00:00:00Z\"", "\"2026-01-01T00:00:00Z\"");
	refuse(text, "ends before it begins");
	free(text);
	text = set_text(pem.data, "\"yesterday\"", NULL);
	refuse(text, "");
	free(text);
	size_t len = pem.len;
	buf_reserve(&pem, len);
	buf_append(&pem, pem.data, len);
	refuse(pem.data, "twice");
}
END_TEST

START_TEST(test_keyset__refuses_too_many)
{
	owned_buf struct buf pem = { 0 };
	for (int i = 0; i < KEYSET_MAX; i++)
		verify_key_destroy(make_key(KEY_ED25519, &pem));
	owned(keyset) struct keyset *set = parse(pem.data);
	ck_assert_uint_eq(set->count, KEYSET_MAX);
	verify_key_destroy(make_key(KEY_ED25519, &pem));
	refuse(pem.data, "at most 64");
	keyset_destroy(NULL);
}
END_TEST

UNIT_MAIN("passport/keyset", test_keyset__reads_keys_with_their_time, test_keyset__a_time_may_be_open,
	test_keyset__reads_pem_blocks, test_keyset__reads_what_it_publishes, test_keyset__jwks_names_the_key,
	test_keyset__refuses_what_is_none, test_keyset__refuses_too_many)
