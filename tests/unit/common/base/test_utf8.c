#include "base/utf8.h"

#include <string.h>

#include "base/own.h"
#include "unit.h"

START_TEST(test_utf8__every_scalar_value_both_ways)
{
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		char text[4];
		uint32_t back = UINT32_MAX;
		size_t n = utf8_encode(code, text);
		if (n != (code < 0x80 ? 1u : code < 0x800 ? 2u : code < 0x10000 ? 3u : 4u))
			ck_abort_msg("U+%04X took %zu bytes", code, n);
		if (utf8_decode(text, n, &back) != n || back != code)
			ck_abort_msg("U+%04X came back as U+%04X", code, back);
		if (n > 1 && utf8_decode(text, n - 1, &back) != 0)
			ck_abort_msg("U+%04X was read without its last byte", code);
	}
}
END_TEST

START_TEST(test_utf8__refuses_what_rfc_3629_refuses)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe",
		"\xc3(",
		"\xe2\x82",
		"\xe2(\xa1",
		"\xf0\x9f\x98",
		"ok\xc3",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!utf8_valid(bad[i], strlen(bad[i])), "case %zu was accepted", i);
}
END_TEST

START_TEST(test_utf8__accepts_text)
{
	static const char text[] = "a\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbf";
	ck_assert(utf8_valid(text, sizeof(text)));
	ck_assert(utf8_valid("", 0));
	uint32_t code;
	ck_assert_uint_eq(utf8_decode("", 0, &code), 0);
}
END_TEST

START_TEST(test_utf8__counts_characters)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	ck_assert_uint_eq(utf8_count(text, strlen(text)), 4);
	ck_assert_uint_eq(utf8_count("", 0), 0);
}
END_TEST

START_TEST(test_utf8__repairs_what_is_wrong)
{
	static const char text[] = "a\xff\xc3\xa9\xe2\x82";
	owned_buf struct buf out = { 0 };
	utf8_repair(text, sizeof(text) - 1, &out);
	ck_assert_str_eq(buf_str(&out), "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

UNIT_MAIN("base/utf8", test_utf8__every_scalar_value_both_ways, test_utf8__refuses_what_rfc_3629_refuses,
	test_utf8__accepts_text, test_utf8__counts_characters, test_utf8__repairs_what_is_wrong)
