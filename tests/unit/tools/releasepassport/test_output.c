#include "output.h"

#include "unit.h"

static void expect_clean(const char *text, const char *expected)
{
	owned_buf struct buf got = { 0 };
	output_clean(text, &got);
	ck_assert_str_eq(buf_str(&got), expected);
}

START_TEST(test_output__cleans_what_a_terminal_would_obey)
{
	expect_clean("plain text, Grüße", "plain text, Grüße");
	expect_clean("a\033[2Jb", "a [2Jb");
	expect_clean("line\r\nline", "line  line");
	expect_clean("\xc2\x9b"
		     "2J",
		" 2J");
	expect_clean("a\xe2\x80\xa8"
		     "b",
		"a b");
	expect_clean("a\xe2\x80\xae"
		     "b",
		"a b");
	expect_clean("a\xff"
		     "b",
		"a\xef\xbf\xbd"
		"b");
}
END_TEST

UNIT_MAIN("releasepassport/output", test_output__cleans_what_a_terminal_would_obey)
