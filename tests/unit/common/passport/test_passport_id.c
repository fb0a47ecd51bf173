#include "passport/passport_id.h"

#include <string.h>

#include "unit.h"

START_TEST(test_passport_id__is_a_function_of_the_verdict)
{
	char one[ID_SIZE], again[ID_SIZE];
	passport_id("ab", 1779012610123456, one);
	ck_assert_str_eq(one, passport_id("ab", 1779012610123456, again));
	ck_assert_str_ne(one, passport_id("ac", 1779012610123456, again));
	ck_assert_str_ne(one, passport_id("ab", 1779012610124456, again));
	ck_assert_uint_eq(strlen(one), 3 + 26);
	ck_assert_int_eq(strncmp(one, "pp_", 3), 0);
}
END_TEST

/* SHA-256("abc") begins with ba7816bf8f01cfea4141, time 0: the 80 bits in base 32. */
START_TEST(test_passport_id__holds_the_digest_of_the_evaluation)
{
	char text[ID_SIZE];
	ck_assert_str_eq(passport_id("abc", 0, text), "pp_0000000000q9w1dfwf077ymga1");
}
END_TEST

UNIT_MAIN("passport/passport_id", test_passport_id__is_a_function_of_the_verdict,
	test_passport_id__holds_the_digest_of_the_evaluation)
