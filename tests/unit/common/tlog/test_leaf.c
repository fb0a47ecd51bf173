#include "tlog/leaf.h"

#include <string.h>

#include "base/encode.h"
#include "unit.h"

#define EVALUATION "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

START_TEST(test_leaf__record_of_a_passport)
{
	struct tlog_leaf leaf = {
		.kind = TLOG_PASSPORT, .id = "pp_1", .evaluation_id = EVALUATION, .time_us = INT64_C(1779012610123456)
	};
	owned_buf struct buf record = { 0 };
	sha256("abc", 3, leaf.digest);
	ck_assert(tlog_leaf_record(&leaf, &record, NULL));
	ck_assert_str_eq(record.data, "{\"evaluationId\":\"" EVALUATION "\",\"id\":\"pp_1\",\"kind\":\"passport\","
				      "\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
				      "\"time\":\"2026-05-17T10:10:10.123456Z\",\"v\":1}");
}
END_TEST

START_TEST(test_leaf__record_of_an_audit_event)
{
	struct tlog_leaf leaf = { .kind = TLOG_AUDIT_EVENT, .id = "ae_1", .time_us = INT64_C(1779012610000000) };
	owned_buf struct buf record = { 0 };
	ck_assert(tlog_leaf_record(&leaf, &record, NULL));
	ck_assert_str_eq(record.data, "{\"id\":\"ae_1\",\"kind\":\"audit-event\","
				      "\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\","
				      "\"time\":\"2026-05-17T10:10:10Z\",\"v\":1}");
}
END_TEST

START_TEST(test_leaf__refuses_what_is_no_id)
{
	char longest[130];
	memset(longest, 'a', 129);
	longest[129] = '\0';
	const char *const ids[] = { "", "a b", "a\n", "\xc3\xa9", "\x7f", longest };
	owned_buf struct buf record = { 0 };
	struct err err = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		ck_assert(!tlog_leaf_record(&(struct tlog_leaf){ .id = ids[i], .time_us = 1 }, &record, &err));
		ck_assert_int_eq(err.kind, ERR_INVALID);
	}
	longest[128] = '\0';
	ck_assert(tlog_leaf_record(&(struct tlog_leaf){ .id = longest, .time_us = 1 }, &record, &err));
	ck_assert(
		!tlog_leaf_record(&(struct tlog_leaf){ .id = "a", .evaluation_id = "e", .time_us = 1 }, &record, &err));
}
END_TEST

/* RFC 6962, section 2.1: the leaf of no bytes, as the certificate transparency tests have it. */
START_TEST(test_leaf__hash_has_its_own_prefix)
{
	uint8_t hash[SHA256_SIZE];
	char text[SHA256_HEX_SIZE];
	tlog_leaf_hash("", 0, hash);
	ck_assert_str_eq(hex_encode(hash, sizeof(hash), text),
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	tlog_leaf_hash("L123456", 7, hash);
	ck_assert_str_eq(hex_encode(hash, sizeof(hash), text),
		"395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
}
END_TEST

UNIT_MAIN("tlog/leaf", test_leaf__record_of_a_passport, test_leaf__record_of_an_audit_event,
	test_leaf__refuses_what_is_no_id, test_leaf__hash_has_its_own_prefix)
