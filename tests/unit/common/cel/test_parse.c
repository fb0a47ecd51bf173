#include <string.h>

#include "fixture.h"

START_TEST(test_parse__binds_operators_by_precedence)
{
	static const struct expression_case rows[] = {
		{ "1 + 2 * 3 - 4 / 2", "5 int" },
		{ "(1 + 2) * 3", "9 int" },
		{ "10 - 3 - 2", "5 int" },
		{ "1 + 1 == 2 && 3 < 4 || false", "true bool" },
		{ "false && false || true", "true bool" },
		{ "true || false && false", "true bool" },
		{ "-2 * -3", "6 int" },
		{ "- -3", "3 int" },
		{ "!!true", "true bool" },
		{ "!false && true", "true bool" },
		{ "false ? 1 : true ? 2 : 3", "2 int" },
		{ "1 in [1] == true", "true bool" },
		{ "-[1, 2][1]", "-2 int" },
		{ "-9223372036854775808", "-9223372036854775808 int" },
		{ "{'a': [1, {'b': 2}]}.a[1].b", "2 int" },
		{ "[1, 2,].size() // the rest\n + 1", "3 int" },
		{ "{'a': 1,}.a", "1 int" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_parse__names_the_place_of_what_is_wrong)
{
	static const struct expression_case rows[] = {
		{ "", "1:1 expected an expression, but the expression ends here" },
		{ "1 +", "1:4 expected an expression, but the expression ends here" },
		{ "1 + )", "1:5 expected an expression, not ')'" },
		{ "(1", "1:3 expected ')', but the expression ends here" },
		{ "[1, 2", "1:6 expected ',' or the end of the list, but the expression ends here" },
		{ "[1 2]", "1:4 expected ',' or the end of the list, not '2'" },
		{ "[,]", "1:2 expected an expression, not ','" },
		{ "size([],)", "1:9 expected an argument, not ')'" },
		{ "{1}", "1:3 expected ':' behind the key of a map, not '}'" },
		{ "{1: 2 3: 4}", "1:7 expected ',' or '}' in a map, not '3'" },
		{ "true ? 1", "1:9 expected ':' of the conditional, but the expression ends here" },
		{ "true\n  && \n false false", "3:8 expected an operator or the end, not 'false'" },
		{ "'\xc3\xa9' + 'x' y", "1:11 expected an operator or the end, not 'y'" },
		{ "a.", "1:3 expected a field or method behind '.', but the expression ends here" },
		{ "a.in", "1:3 expected a field or method behind '.', not 'in'" },
		{ "for", "1:1 expected a name that is not reserved, not 'for'" },
		{ "1 = 2", "1:3 unexpected character '='" },
		{ "1 & 2", "1:3 unexpected character '&'" },
		{ "\xc3\xa9", "1:1 unexpected character outside of a string" },
		{ "T{a: 1}", "1:2 messages can't be made here: expected an operator, not '{'" },
		{ "a.b{}", "1:4 messages can't be made here: expected an operator, not '{'" },
		{ "{'a': 1}.`a\"`",
			"1:12 a name in back quotes holds letters, digits, '_', '.', '-', '/' and spaces only" },
		{ "{'a': 1}.``", "1:10 empty name in back quotes" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_parse__refuses_wrong_literals)
{
	static const struct expression_case rows[] = {
		{ "9223372036854775808", "1:1 number out of 64 bits' range" },
		{ "-9223372036854775809", "1:2 number out of 64 bits' range" },
		{ "18446744073709551616u", "1:1 number out of 64 bits' range" },
		{ "0x10000000000000000u", "1:1 number out of 64 bits' range" },
		{ "1e309", "1:1 number out of a double's range" },
		{ "1x", "1:1 malformed number" },
		{ "0xg", "1:1 malformed number" },
		{ "1e", "1:1 malformed number" },
		{ "1.5u", "1:1 malformed number" },
		{ "'a", "1:1 string without end" },
		{ "'a\nb'", "1:1 string without end" },
		{ "'''a''", "1:1 string without end" },
		{ "r'\\''", "1:5 string without end" },
		{ "'\\z'", "1:2 unknown escape sequence" },
		{ "'ab\\x4'", "1:4 unknown escape sequence" },
		{ "'\\ud800'", "1:2 unknown escape sequence" },
		{ "'\\U00110000'", "1:2 unknown escape sequence" },
		{ "'\\400'", "1:2 unknown escape sequence" },
		{ "b'\\u00ff'", "1:3 unknown escape sequence" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_parse__refuses_wrong_macros)
{
	static const struct expression_case rows[] = {
		{ "has(a)", "1:1 has() takes one selection, as in has(a.b)" },
		{ "has(a[0])", "1:1 has() takes one selection, as in has(a.b)" },
		{ "has(a.b, a.c)", "1:1 has() takes one selection, as in has(a.b)" },
		{ "has(a.b == 1)", "1:1 has() takes one selection, as in has(a.b)" },
		{ "[1].all(x)", "1:5 all() takes a variable and one expression" },
		{ "[1].all(1, true)", "1:9 the first argument of all() must be a plain name" },
		{ "[1].all(x.y, true)", "1:9 the first argument of all() must be a plain name" },
		{ "[1].all(.x, true)", "1:9 the first argument of all() must be a plain name" },
		{ "[1].map(x)", "1:5 map() takes a variable and one or two expressions" },
	};
	EXPECT_ROWS(rows, "{\"a\": {}}");
}
END_TEST

START_TEST(test_parse__refuses_what_is_not_utf8)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(evaluate(arena, "'a' +\n '\xff'", NULL), "2:3 not UTF-8");
	ck_assert_str_eq(evaluate(arena, "'\xed\xa0\x80'", NULL), "1:2 not UTF-8");
}
END_TEST

START_TEST(test_parse__takes_a_length_and_not_a_nul)
{
	owned(cel_program) struct cel_program *program = NULL;
	struct err err = { 0 };
	ck_assert(cel_compile("1 + 2 garbage", 5, NULL, 0, &program, &err));
	static const char with_nul[] = "1 \0+ 2";
	owned(cel_program) struct cel_program *none = NULL;
	ck_assert(!cel_compile(with_nul, sizeof(with_nul) - 1, NULL, 0, &none, &err));
	ck_assert_str_eq(err.where, "1:3");
}
END_TEST

UNIT_MAIN("cel/parse", test_parse__binds_operators_by_precedence, test_parse__names_the_place_of_what_is_wrong,
	test_parse__refuses_wrong_literals, test_parse__refuses_wrong_macros, test_parse__refuses_what_is_not_utf8,
	test_parse__takes_a_length_and_not_a_nul)
