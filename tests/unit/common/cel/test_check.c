#include <string.h>

#include "cel/program.h"
#include "fixture.h"

static const struct cel_variable variables[] = {
	{ "flag", CEL_BOOL },
	{ "count", CEL_INT },
	{ "rate", CEL_DOUBLE },
	{ "name", CEL_STRING },
	{ "items", CEL_LIST },
	{ "labels", CEL_MAP },
	{ "now", CEL_TIMESTAMP },
	{ "age", CEL_DURATION },
	{ "fact", CEL_DYN },
	{ "facts.errors", CEL_DOUBLE },
};

static void expect_refused(const struct expression_case *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		owned(cel_program) struct cel_program *program = NULL;
		struct err err = { 0 };
		const char *source = rows[i].source;
		ck_assert_msg(!cel_compile(source, strlen(source), variables, ARRAY_SIZE(variables), &program, &err),
			"%s is accepted", source);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		owned(arena) struct arena *arena = arena_create();
		ck_assert_str_eq(arena_printf(arena, "%s %s", err.where, err.text), rows[i].expected);
	}
}

START_TEST(test_check__refuses_unknown_names)
{
	static const struct expression_case rows[] = {
		{ "errorRate > 5", "1:1 unknown name 'errorRate'" },
		{ "true ||\n  typo", "2:3 unknown name 'typo'" },
		{ "facts.typo.x", "1:1 unknown name 'facts.typo'" },
		{ "fcats.errors", "1:1 unknown name 'fcats'" },
		{ "items.all(x, y > 1)", "1:14 unknown name 'y'" },
		{ "items.all(x, true) && x", "1:23 unknown name 'x'" },
		{ "x.all(x, true)", "1:1 unknown name 'x'" },
		{ "lower(name)", "1:1 unknown function 'lower'" },
		{ "name.lower()", "1:6 unknown method 'lower'" },
		{ "has(typo.field)", "1:5 unknown name 'typo'" },
	};
	expect_refused(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_check__refuses_operands_that_cannot_fit)
{
	static const struct expression_case rows[] = {
		{ "name > 5", "1:6 '>' does not take (string, int)" },
		{ "name == 5", "1:6 '==' does not take (string, int)" },
		{ "count == null", "1:7 '==' does not take (int, null_type)" },
		{ "count + rate", "1:7 '+' does not take (int, double)" },
		{ "name + 1", "1:6 '+' does not take (string, int)" },
		{ "now + now", "1:5 '+' does not take (google.protobuf.Timestamp, google.protobuf.Timestamp)" },
		{ "rate % 2.0", "1:6 '%' does not take (double, double)" },
		{ "!count", "1:1 '!' does not take (int)" },
		{ "-flag", "1:1 '-' does not take (bool)" },
		{ "-2u", "1:1 '-' does not take (uint)" },
		{ "flag && count", "1:9 '&&' takes bool, not int" },
		{ "name || flag", "1:1 '||' takes bool, not string" },
		{ "count ? 1 : 2", "1:1 the condition must be bool, not int" },
		{ "flag ? 1 : 'a'", "1:1 both branches of a conditional must have one type, not int, string" },
		{ "'a' in [1, 2]", "1:5 'in' does not take (string, list(int))" },
		{ "1 in name", "1:3 'in' does not take (int, string)" },
		{ "1 in {'a': 1}", "1:3 'in' does not take (int, map(string, int))" },
		{ "[1]['a']", "1:4 '[_]' does not take (list(int), string)" },
		{ "{'a': 1}[1]", "1:9 '[_]' does not take (map(string, int), int)" },
		{ "count[0]", "1:6 '[_]' does not take (int, int)" },
		{ "name.first", "1:6 only a map with string keys has fields, not string" },
		{ "{1: 2}.a", "1:8 only a map with string keys has fields, not map(int, int)" },
		{ "has(count.a)", "1:1 only a map with string keys has fields, not int" },
		{ "{1.0: 2}", "1:2 a key of a map is bool, int, uint or string, not double" },
		{ "count.all(x, true)", "1:7 a macro goes over a list or the keys of a map, not int" },
		{ "[1].all(x, x)", "1:12 the condition of a macro must be bool, not int" },
		{ "['a'].all(x, x > 1)", "1:16 '>' does not take (string, int)" },
		{ "{'a': 1}.all(k, k > 1)", "1:19 '>' does not take (string, int)" },
		{ "[1].map(x, 'a').exists(s, s == 1)", "1:29 '==' does not take (string, int)" },
		{ "[1] + ['a']", "1:5 '+' does not take (list(int), list(string))" },
		{ "[1] == ['a']", "1:5 '==' does not take (list(int), list(string))" },
		{ "labels < labels", "1:8 '<' does not take (map(dyn, dyn), map(dyn, dyn))" },
		{ "fact < [1]", "1:6 '<' does not take (dyn, list(int))" },
	};
	expect_refused(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_check__refuses_wrong_argument_counts)
{
	static const struct expression_case rows[] = {
		{ "size()", "1:1 'size' does not take ()" },
		{ "size(name, 1)", "1:1 'size' does not take (string, int)" },
		{ "size(name, 1, 2)", "1:1 too many arguments for 'size'" },
		{ "name.startsWith()", "1:6 'startsWith' does not take (string)" },
		{ "startsWith(name, 'a')", "1:1 'startsWith' does not take (string, string)" },
		{ "name.int()", "1:6 'int' does not take (string)" },
		{ "now.getHours('UTC', 1)", "1:5 too many arguments for 'getHours'" },
	};
	expect_refused(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_check__refuses_wrong_patterns_before_they_are_needed)
{
	static const struct expression_case rows[] = {
		{ "name.matches('(')", "1:14 regular expression: missing )" },
		{ "flag && matches(name, 'a**')",
			"1:23 regular expression: a repetition can't be repeated without a group" },
		{ "name.matches(r'(a)\\1')", "1:14 regular expression: back references are not supported" },
	};
	expect_refused(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_check__finds_the_type_of_the_result)
{
	static const struct expression_case rows[] = {
		{ "rate < 5", "bool" },
		{ "count >= rate", "bool" },
		{ "facts.errors < 0.5", "bool" },
		{ "now - age", "google.protobuf.Timestamp" },
		{ "now - now > duration('1h')", "bool" },
		{ "labels.team == 'a'", "bool" },
		{ "labels.team", "dyn" },
		{ "fact.a.b[0]", "dyn" },
		{ "fact + 1", "int" },
		{ "fact + fact", "dyn" },
		{ "[1, 'a']", "list(dyn)" },
		{ "items.map(x, {'a': [x, x]})", "list(map(string, list(dyn)))" },
		{ "['a'].filter(s, s != '')", "list(string)" },
		{ "{'a': 1, 'b': 2}", "map(string, int)" },
		{ "{'a': [1]}.map(k, k)", "list(string)" },
		{ "flag ? [] : [1]", "list(int)" },
		{ "flag ? fact : 1", "dyn" },
		{ "[] + [1]", "list(int)" },
		{ "now.getFullYear('+02:00')", "int" },
		{ "type(1)", "type" },
		{ "size(fact)", "int" },
		{ "has(fact.x)", "bool" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(cel_program) struct cel_program *program = NULL;
		struct err err = { 0 };
		const char *source = rows[i].source;
		ck_assert_msg(cel_compile(source, strlen(source), variables, ARRAY_SIZE(variables), &program, &err),
			"%s: %s", source, err.text);
		owned_buf struct buf type = { 0 };
		cel_type_format(program->type, &type);
		ck_assert_str_eq(buf_str(&type), rows[i].expected);
	}
}
END_TEST

UNIT_MAIN("cel/check", test_check__refuses_unknown_names, test_check__refuses_operands_that_cannot_fit,
	test_check__refuses_wrong_argument_counts, test_check__refuses_wrong_patterns_before_they_are_needed,
	test_check__finds_the_type_of_the_result)
