#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "unit.h"

START_TEST(test_number__es6_text)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 1, "1" },
		{ -1.5, "-1.5" },
		{ 0.1, "0.1" },
		{ 1e20, "100000000000000000000" },
		{ 123456789012345680000.0, "123456789012345680000" },
		{ 1e21, "1e+21" },
		{ 1.5e300, "1.5e+300" },
		{ 0.000001, "0.000001" },
		{ 0.00000123, "0.00000123" },
		{ 1e-7, "1e-7" },
		{ 1.25e-7, "1.25e-7" },
		{ 5e-324, "5e-324" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 9007199254740991.0, "9007199254740991" },
		{ 333333333.33333329, "333333333.3333333" },
		/* 2^-44: the nearest of 16 digits does not read back, its successor does. */
		{ 0x1p-44, "5.684341886080802e-14" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf text = { 0 };
		ck_assert(json_number_text(cases[i].number, &text));
		ck_assert_str_eq(buf_str(&text), cases[i].text);
	}
}
END_TEST

START_TEST(test_number__refuses_what_json_has_no_text_for)
{
	owned_buf struct buf text = { 0 };
	ck_assert(!json_number_text(NAN, &text));
	ck_assert(!json_number_text(INFINITY, &text));
	ck_assert(!json_number_text(-INFINITY, &text));
	ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(test_number__every_power_of_two_reads_back)
{
	for (int exponent = -1074; exponent < 1024; exponent++) {
		double number = ldexp(1, exponent);
		owned_buf struct buf text = { 0 };
		ck_assert(json_number_text(number, &text));
		ck_assert_msg(strtod(text.data, NULL) == number, "2^%d: %s", exponent, text.data);
		/* Nothing shorter in scientific notation may read back. */
		char shorter[40];
		size_t count = strspn(text.data, "0.");
		size_t digits = 0, zeros = 0;
		for (const char *p = text.data + count; *p != '\0' && *p != 'e'; p++) {
			if (*p == '.')
				continue;
			digits++;
			zeros = *p == '0' ? zeros + 1 : 0;
		}
		digits -= zeros;
		if (digits < 2)
			continue;
		snprintf(shorter, sizeof(shorter), "%.*e", (int)digits - 2, number);
		ck_assert_msg(
			strtod(shorter, NULL) != number, "2^%d: %s, but %s will do", exponent, text.data, shorter);
	}
}
END_TEST

START_TEST(test_number__fits_up_to_the_exact_integers)
{
	ck_assert(json_number_fits(9007199254740991.0));
	ck_assert(json_number_fits(-9007199254740991.0));
	ck_assert(!json_number_fits(9007199254740992.0));
	ck_assert(!json_number_fits(-1e20));
	ck_assert(json_number_fits(1e21));
	ck_assert(json_number_fits(0.5));
	ck_assert(!json_number_fits(NAN));
	ck_assert(!json_number_fits(INFINITY));
}
END_TEST

UNIT_MAIN("json/number", test_number__es6_text, test_number__refuses_what_json_has_no_text_for,
	test_number__every_power_of_two_reads_back, test_number__fits_up_to_the_exact_integers)
