#include "base/id.h"

#include <string.h>

#include "base/own.h"
#include "unit.h"

START_TEST(test_id__is_a_ulid_behind_the_prefix)
{
	static const uint8_t zeros[10], ones[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	char text[ID_SIZE];
	ck_assert_str_eq(id_format("ev_", 0, zeros, text), "ev_00000000000000000000000000");
	ck_assert_str_eq(id_format("", INT64_C(281474976710655000), ones, text), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
	/* The example of the ULID specification, whose time is 1469918176385. */
	id_format("", INT64_C(1469918176385000), zeros, text);
	ck_assert_str_eq(text, "01aryz6s410000000000000000");
}
END_TEST

START_TEST(test_id__sorts_by_time)
{
	static const uint8_t zeros[10], ones[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	char earlier[ID_SIZE], later[ID_SIZE];
	for (int64_t ms = 1; ms < INT64_C(100000000000000); ms *= 3) {
		id_format("e_", ms * 1000, ones, earlier);
		id_format("e_", (ms + 1) * 1000, zeros, later);
		ck_assert_int_lt(strcmp(earlier, later), 0);
	}
}
END_TEST

START_TEST(test_id__cuts_a_long_prefix)
{
	static const uint8_t zeros[10];
	char text[ID_SIZE];
	id_format("abcdefghijklmnop", 0, zeros, text);
	ck_assert_uint_eq(strlen(text), 12 + 26);
}
END_TEST

START_TEST(test_id__fresh_ones_differ)
{
	char one[ID_SIZE], other[ID_SIZE];
	ck_assert_str_ne(id_create("e_", one), id_create("e_", other));
	ck_assert_uint_eq(strlen(one), 2 + 26);
}
END_TEST

UNIT_MAIN("base/id", test_id__is_a_ulid_behind_the_prefix, test_id__sorts_by_time, test_id__cuts_a_long_prefix,
	test_id__fresh_ones_differ)
