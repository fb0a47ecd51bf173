#include <string.h>

#include "base/encode.h"
#include "bus/record.h"
#include "unit.h"

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static struct mac_keys keys_of(const char *text)
{
	struct mac_keys keys;
	struct err err;
	ck_assert(mac_keys_parse(text, &keys, &err));
	return keys;
}

static struct bus_record sample(void)
{
	return (struct bus_record){
		.topic = TOPIC_VERDICTS,
		.key = "acme/shop/production",
		.ce_id = "verdict-1",
		.ce_time_us = INT64_C(1779012720250001),
		.traceparent = "",
		.body = "body\0with a nul",
		.len = 15,
	};
}

START_TEST(test_mac__holds_for_what_it_was_made_of)
{
	struct mac_keys keys = keys_of(KEY_A);
	struct bus_record record = sample();
	uint8_t mac[SHA256_SIZE];
	record_mac(keys.keys[0], &record, mac);
	record.mac = mac;
	ck_assert(record_mac_holds(&keys, &record));
}
END_TEST

/* Made once by Python: hmac, hashlib, struct.pack(">Q", len(field)) + field for each field. */
START_TEST(test_mac__has_a_stable_value)
{
	struct mac_keys keys = keys_of(KEY_A);
	struct bus_record record = sample();
	uint8_t mac[SHA256_SIZE];
	char text[SHA256_HEX_SIZE];
	record_mac(keys.keys[0], &record, mac);
	ck_assert_str_eq(
		hex_encode(mac, sizeof(mac), text), "440888e566dff6b1e8f6f1e5420df92bf57b492582e7acaf9dc50e4f74855c51");
}
END_TEST

START_TEST(test_mac__fails_when_anything_changes)
{
	struct mac_keys keys = keys_of(KEY_A);
	struct bus_record changed[7];
	uint8_t mac[SHA256_SIZE];
	struct bus_record record = sample();
	record_mac(keys.keys[0], &record, mac);
	for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
		changed[i] = sample();
		changed[i].mac = mac;
	}
	changed[0].topic = TOPIC_GATE_REQUESTS;
	changed[1].key = "acme/shop/productio";
	changed[2].ce_id = "verdict-2";
	changed[3].ce_time_us++;
	changed[4].body = "Body\0with a nul";
	changed[5].len--;
	/* The border between two fields moves. */
	changed[6].key = "acme/shop/productionv";
	changed[6].ce_id = "erdict-1";
	for (size_t i = 0; i < ARRAY_SIZE(changed); i++)
		ck_assert_msg(!record_mac_holds(&keys, &changed[i]), "%zu", i);
	mac[31] ^= 1;
	record.mac = mac;
	ck_assert(!record_mac_holds(&keys, &record));
	record.mac = NULL;
	ck_assert(!record_mac_holds(&keys, &record));
}
END_TEST

START_TEST(test_mac__the_place_in_the_log_does_not_count)
{
	struct mac_keys keys = keys_of(KEY_A);
	struct bus_record record = sample();
	uint8_t mac[SHA256_SIZE];
	record_mac(keys.keys[0], &record, mac);
	record.mac = mac;
	record.partition = 3;
	record.offset = 99;
	record.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
	ck_assert(record_mac_holds(&keys, &record));
}
END_TEST

START_TEST(test_mac__all_keys_verify_while_they_are_changed)
{
	struct mac_keys old = keys_of(KEY_A), both = keys_of(KEY_B "\n" KEY_A "\n"), new = keys_of(KEY_B);
	struct bus_record record = sample();
	uint8_t mac[SHA256_SIZE];
	record_mac(old.keys[0], &record, mac);
	record.mac = mac;
	ck_assert(record_mac_holds(&both, &record));
	ck_assert(!record_mac_holds(&new, &record));
	record_mac(both.keys[0], &record, mac);
	ck_assert(record_mac_holds(&new, &record));
	struct mac_keys none = { .count = 0 };
	ck_assert(!record_mac_holds(&none, &record));
}
END_TEST

START_TEST(test_mac__keys_of_another_form_are_refused)
{
	static const char *const refused[] = { "", " \n", "00", KEY_A "0", KEY_A " " KEY_A " " KEY_B, KEY_A " 00",
		"g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", KEY_A "," KEY_B };
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct mac_keys keys = { .count = 77 };
		struct err err;
		ck_assert_msg(!mac_keys_parse(refused[i], &keys, &err), "%s", refused[i]);
		ck_assert_int_eq(err.kind, ERR_CONFIG);
		ck_assert_uint_eq(keys.count, 77);
		/* A secret never shows in an error. */
		ck_assert_ptr_null(strstr(err.text, "0001"));
	}
}
END_TEST

UNIT_MAIN("bus/mac", test_mac__holds_for_what_it_was_made_of, test_mac__has_a_stable_value,
	test_mac__fails_when_anything_changes, test_mac__the_place_in_the_log_does_not_count,
	test_mac__all_keys_verify_while_they_are_changed, test_mac__keys_of_another_form_are_refused)
