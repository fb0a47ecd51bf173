#include <string.h>

#include "fixture.h"

START_TEST(test_eval__absorbs_errors_where_the_other_side_settles_it)
{
	static const struct expression_case rows[] = {
		{ "1 / 0 > 1 || true", "true bool" },
		{ "true || 1 / 0 > 1", "true bool" },
		{ "1 / 0 > 1 && false", "false bool" },
		{ "false && 1 / 0 > 1", "false bool" },
		{ "1 / 0 > 1 || false || 1 / 0 > 2 || true", "true bool" },
		{ "m.absent || true", "true bool" },
		{ "1 / 0 > 1 || false", "1:3 division by zero" },
		{ "true && 1 / 0 > 1", "1:11 division by zero" },
		/* The first of two errors is told. */
		{ "m.absent || 1 / 0 > 1", "1:3 no such key: 'absent'" },
		{ "dyn(1) || true", "true bool" },
		{ "dyn(1) || false", "1:1 no such overload: '||' of int" },
		{ "true ? 1 : 1 / 0", "1 int" },
		{ "[0, 1].exists(i, 1 / i == 1)", "true bool" },
		{ "[0, 2].exists(i, 1 / i == 1)", "1:20 division by zero" },
		{ "[0, 1].all(i, 1 / i == 2)", "false bool" },
		{ "[0, 1].exists_one(i, 1 / i == 1)", "1:24 division by zero" },
		{ "[].all(i, 1 / 0 > 1)", "true bool" },
	};
	EXPECT_ROWS(rows, "{\"m\": {}}");
}
END_TEST

START_TEST(test_eval__names_the_place_of_an_error)
{
	static const struct expression_case rows[] = {
		{ "1 +\n  9223372036854775807", "1:3 integer overflow" },
		{ "0u - 1u", "1:4 unsigned integer overflow" },
		{ "5 % 0", "1:3 modulus by zero" },
		{ "[1, 2][2]", "1:7 index out of bounds: the list has 2 elements" },
		{ "[1, 2][-1]", "1:7 index out of bounds: the list has 2 elements" },
		{ "m.a.b.c", "1:5 no such key: 'b'" },
		{ "m['b']", "1:2 no such key: 'b'" },
		{ "m[dyn(1)]", "1:2 no such key" },
		{ "n.a", "1:3 int has no field 'a'" },
		{ "has(n.a)", "1:1 int has no field 'a'" },
		{ "n + ' '", "1:3 no such overload: '+' of int and string" },
		{ "n < 'a'", "1:3 int and string have no order" },
		{ "n.startsWith('a')", "1:3 no such overload: 'startsWith' of int and string" },
		{ "n ? 1 : 2", "1:1 the condition must be bool, not int" },
		{ "n.all(x, true)", "1:3 a macro goes over a list or the keys of a map, not int" },
		{ "[n].all(x, x)", "1:12 the condition of a macro must be bool, not int" },
		{ "{'a': 1, 'a': 2}", "1:10 a key of the map is repeated" },
		{ "{1: 1, 1u: 2}", "1:8 a key of the map is repeated" },
		{ "{n: 1, dyn(1.5): 2}", "1:8 a key of a map can't be double" },
		{ "int('1x')", "1:1 '1x' is no int" },
		{ "int('9223372036854775808')", "1:1 '9223372036854775808' is no int" },
		{ "int(1e300)", "1:1 integer overflow" },
		{ "uint(-1)", "1:1 unsigned integer overflow" },
		{ "double(' 1')", "1:1 ' 1' is no double" },
		{ "double('0x1')", "1:1 '0x1' is no double" },
		{ "string(b'\\xff')", "1:1 the bytes are not UTF-8" },
		{ "'a'.matches(t)", "1:5 regular expression: missing ]" },
	};
	EXPECT_ROWS(rows, "{\"m\": {\"a\": {}}, \"n\": 1, \"t\": \"[a\"}");
}
END_TEST

START_TEST(test_eval__knows_what_is_not_bound_only_when_it_is_needed)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(evaluate_unchecked(arena, "a.b", NULL), "1:1 no value is bound to 'a'");
	ck_assert_str_eq(evaluate_unchecked(arena, "true || a.b", NULL), "true bool");
	ck_assert_str_eq(evaluate_unchecked(arena, "has(a.b)", NULL), "1:5 no value is bound to 'a'");
	ck_assert_str_eq(evaluate_unchecked(arena, "f(1, 2, 3, 4)", NULL), "1:1 unknown function 'f'");
	ck_assert_str_eq(evaluate_unchecked(arena, "size(1, 2, 3, 4)", NULL), "1:1 too many arguments for 'size'");
	ck_assert_str_eq(evaluate_unchecked(arena, "size(1)", NULL), "1:1 no such overload: 'size' of int");
	ck_assert_str_eq(evaluate_unchecked(arena, "a.b", "{\"a.b\": 1, \"a\": {\"b\": 2}}"), "1 int");
	ck_assert_str_eq(evaluate_unchecked(arena, "a.c", "{\"a.b\": 1, \"a\": {\"c\": 2}}"), "2 int");
	ck_assert_str_eq(evaluate_unchecked(arena, "int == type(1)", NULL), "true bool");
	ck_assert_str_eq(evaluate_unchecked(arena, "int", "{\"int\": 7}"), "7 int");
}
END_TEST

START_TEST(test_eval__compares_numbers_across_kinds)
{
	static const struct expression_case rows[] = {
		{ "1 == 1.0 && 1u == 1 && 1.0 == 1u", "true bool" },
		{ "1 < 1.5 && 2u > 1.5 && -1 < 0u", "true bool" },
		{ "1 in [1.0] && 1.0 in {1: 0}", "true bool" },
		{ "18446744073709551615u > 9223372036854775807", "true bool" },
		{ "nan == nan || nan < 1.0 || nan > 1.0 || nan <= nan", "false bool" },
		{ "nan != nan && !(nan > 5.0)", "true bool" },
		{ "[nan] == [nan]", "false bool" },
	};
	static const struct cel_variable nan_variable = { "nan", CEL_DOUBLE };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(arena) struct arena *arena = arena_create();
		owned(cel_program) struct cel_program *program = NULL;
		struct cel_binding binding = { "nan", { .kind = CEL_DOUBLE, .number = __builtin_nan("") } };
		struct err err = { 0 };
		struct cel_value result;
		ck_assert_msg(cel_compile(rows[i].source, strlen(rows[i].source), &nan_variable, 1, &program, &err),
			"%s", err.text);
		ck_assert(cel_eval(program, &binding, 1, CEL_COST_DEFAULT, arena, &result, &err));
		ck_assert_msg(result.boolean == (rows[i].expected[0] == 't'), "%s", rows[i].source);
	}
}
END_TEST

START_TEST(test_eval__converts)
{
	static const struct expression_case rows[] = {
		{ "string(1.0)", "\"1\" string" },
		{ "string(0.1)", "\"0.1\" string" },
		{ "string(1e21)", "\"1e+21\" string" },
		{ "string(123456789012345680000.0)", "\"123456789012345680000\" string" },
		{ "string(1e-7)", "\"1e-07\" string" },
		{ "string(-0.0)", "\"-0\" string" },
		{ "string(1.0 / 0.0)", "\"+Inf\" string" },
		{ "string(true) + string(1) + string(2u)", "\"true12\" string" },
		{ "double('1e3')", "1000.0 double" },
		{ "double('-inf')", "\"-Infinity\" double" },
		{ "int('-9223372036854775808')", "-9223372036854775808 int" },
		{ "int('+5') + int(-1.9)", "4 int" },
		{ "uint('18446744073709551615')", "18446744073709551615 uint" },
		{ "bool('True')", "true bool" },
		{ "b'abc'", "\"YWJj\" bytes" },
		{ "type(type(1))", "\"type\" type" },
		{ "{1: 'a', true: 'b'}", "{\"1\":\"a\",\"true\":\"b\"} map" },
		{ "null", "null null_type" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_eval__loops_over_lists_and_keys)
{
	static const struct expression_case rows[] = {
		{ "[1, 2, 3].map(x, x * x)", "[1,4,9] list" },
		{ "[1, 2, 3].map(x, x > 1, x * x)", "[4,9] list" },
		{ "[1, 2, 3].filter(x, x != 2)", "[1,3] list" },
		{ "m.map(k, m[k])", "[1,2] list" },
		{ "m.filter(k, m[k] > 1)", "[\"b\"] list" },
		{ "m.exists(k, k == 'b') && m.all(k, m[k] > 0)", "true bool" },
		{ "[1, 1].exists_one(x, x == 1)", "false bool" },
		{ "[[1, 2], [3]].map(l, l.map(x, x + size(l)))", "[[3,4],[4]] list" },
		{ "[1, 2].map(x, [3, 4].map(x, x))[0]", "[3,4] list" },
	};
	EXPECT_ROWS(rows, "{\"m\": {\"a\": 1, \"b\": 2}}");
}
END_TEST

UNIT_MAIN("cel/eval", test_eval__absorbs_errors_where_the_other_side_settles_it, test_eval__names_the_place_of_an_error,
	test_eval__knows_what_is_not_bound_only_when_it_is_needed, test_eval__compares_numbers_across_kinds,
	test_eval__converts, test_eval__loops_over_lists_and_keys)
