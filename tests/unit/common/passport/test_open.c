#include "passport/open.h"

#include <string.h>

#include "json/json.h"
#include "sample.h"
#include "unit.h"

static struct keyset *keyset_of(const struct signing_key *key)
{
	owned(verify_key) struct verify_key *public = signing_key_public(key);
	owned_buf struct buf pem = { 0 };
	struct keyset *set = NULL;
	verify_key_pem(public, &pem);
	ck_assert(keyset_parse(pem.data, pem.len, &set, NULL));
	return set;
}

START_TEST(test_open__gives_the_statement_and_the_key)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned(keyset) struct keyset *set = keyset_of(key);
	owned_buf struct buf text = { 0 };
	owned(json) struct json_object *statement = NULL;
	const struct keyset_key *by = NULL;
	struct err err = { 0 };
	sample_envelope(sample_verdict(), key, &text);
	ck_assert_msg(passport_open(set, text.data, text.len, &statement, &by, &err), "%s", err.text);
	ck_assert_ptr_eq(by, &set->keys[0]);
	ck_assert_ptr_nonnull(statement_predicate(statement));
}
END_TEST

START_TEST(test_open__refuses_a_stranger)
{
	owned(signing_key) struct signing_key *key = signing_key_generate(KEY_ED25519);
	owned(signing_key) struct signing_key *stranger = signing_key_generate(KEY_ED25519);
	owned(keyset) struct keyset *set = keyset_of(key);
	owned_buf struct buf text = { 0 };
	struct json_object *statement = NULL;
	struct err err = { 0 };
	sample_envelope(sample_verdict(), stranger, &text);
	ck_assert(!passport_open(set, text.data, text.len, &statement, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_UNVERIFIED);
	ck_assert(!passport_open(set, "{}", 2, &statement, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_ptr_null(statement);
}
END_TEST

UNIT_MAIN("passport/open", test_open__gives_the_statement_and_the_key, test_open__refuses_a_stranger)
