#include "policy/line.h"

#include "unit.h"

START_TEST(test_line__folds_and_cuts)
{
	static const struct {
		const char *text;
		size_t max;
		const char *line;
	} cases[] = {
		{ "", 10, "" },
		{ "a b", 10, "a b" },
		{ " a\n\t b \r\n", 10, "a b" },
		{ "a\x1b[31mb\x7f", 20, "a [31mb" },
		{ "a\xc2\x9b\xe2\x80\xa8z", 20, "a z" },
		{ "a\xff\xc3z", 20, "a z" },
		{ "abcdef", 6, "abcdef" },
		{ "abcdefg", 6, "abcdef..." },
		{ "abc\xc3\xa9", 4, "abc..." },
		{ "abc d", 4, "abc..." },
	};
	owned(arena) struct arena *arena = arena_create();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(line_of(arena, cases[i].text, cases[i].max), cases[i].line);
}
END_TEST

UNIT_MAIN("policy/line", test_line__folds_and_cuts)
