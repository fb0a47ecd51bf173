/* Which variables a program speaks of: the absence of evidence is decided by it. */
#include <string.h>

#include "fixture.h"

static const struct cel_variable variables[] = { { "a", CEL_DYN }, { "b", CEL_DYN }, { "b.c", CEL_DYN },
	{ "x", CEL_DYN } };

struct names_case {
	const char *source;
	const char *variable;
	bool named;
	bool only_in_has;
};

static void expect_names(const struct names_case *rows, size_t count, bool unchecked)
{
	struct cel_env env = {
		.variables = variables, .variable_count = ARRAY_SIZE(variables), .unchecked = unchecked
	};
	for (size_t i = 0; i < count; i++) {
		owned(cel_program) struct cel_program *program = NULL;
		struct err err = { 0 };
		const struct names_case *row = &rows[i];
		ck_assert_msg(cel_compile_env(row->source, strlen(row->source), &env, &program, &err), "%s: %s",
			row->source, err.text);
		ck_assert_msg(cel_program_names(program, row->variable) == row->named, "%s names %s: not %d",
			row->source, row->variable, row->named);
		ck_assert_msg(cel_program_names_only_in_has(program, row->variable) == row->only_in_has,
			"%s names %s only in has(): not %d", row->source, row->variable, row->only_in_has);
	}
}

START_TEST(test_names__finds_every_mention)
{
	static const struct names_case rows[] = {
		{ "1", "a", false, true },
		{ "a", "a", true, false },
		{ "a.value > 5", "a", true, false },
		{ "true || a", "a", true, false },
		{ "false ? a : 1", "a", true, false },
		{ "[1, a]", "a", true, false },
		{ "{a: 1}", "a", true, false },
		{ "{1: a}", "a", true, false },
		{ "size(a)", "a", true, false },
		{ "'x'.startsWith(a)", "a", true, false },
		{ "[1][a]", "a", true, false },
		{ "!a", "a", true, false },
		{ "[1].all(i, i > a)", "a", true, false },
		{ "[1].map(i, i > 1, a)", "a", true, false },
		{ "a.all(i, true)", "a", true, false },
		{ "{'a': 1}.a", "a", false, true },
		{ "'a'", "a", false, true },
	};
	expect_names(rows, ARRAY_SIZE(rows), false);
}
END_TEST

START_TEST(test_names__leaves_out_hidden_ones)
{
	static const struct names_case rows[] = {
		{ "[1].all(x, x > 0)", "x", false, true },
		{ "[1].all(x, [2].exists(y, x == y))", "x", false, true },
		{ "[1].all(x, has({'f': 1}.f) && x > 0)", "x", false, true },
		{ "[{'f': 1}].all(x, has(x.f))", "x", false, true },
		{ "[{'c': 1}].all(b, b.c == 1)", "b.c", false, true },
		/* The range is outside of the scope, and so is what follows. */
		{ "x.all(x, x > 0)", "x", true, false },
		{ "[1].all(x, x > 0) && x", "x", true, false },
		{ "[1].all(x, [x].all(x, x > 0))", "x", false, true },
		{ "[1].all(y, [x].all(x, x > 0))", "x", true, false },
		{ "[1].map(x, x)[0] == x", "x", true, false },
		/* A leading dot reaches past what hides it. */
		{ "[1].all(x, .x > 0)", "x", true, false },
		{ "[1].all(x, has(.x.f))", "x", true, true },
	};
	expect_names(rows, ARRAY_SIZE(rows), false);
}
END_TEST

START_TEST(test_names__tells_has_from_use)
{
	static const struct names_case rows[] = {
		{ "has(a.value)", "a", true, true },
		{ "has(a.value.deep)", "a", true, true },
		{ "!has(a.value) || has(a.other)", "a", true, true },
		{ "has(a.value) && a.value > 5", "a", true, false },
		{ "a.value > 5 || has(a.value)", "a", true, false },
		{ "has(x[a.value].f)", "a", true, false },
		{ "has(x[a.value].f)", "x", true, false },
		{ "has(x[0].f)", "x", true, false },
		{ "has(x.filter(i, a)[0].f)", "a", true, false },
		{ "has([a][0].f)", "a", true, false },
		{ "has({'k': a}.k)", "a", true, false },
		{ "[1].all(i, has(a.value))", "a", true, true },
		{ "has(x.f) ? a : 1", "a", true, false },
	};
	expect_names(rows, ARRAY_SIZE(rows), false);
}
END_TEST

START_TEST(test_names__tells_what_has_tests)
{
	static const struct {
		const char *source;
		bool tested;
	} rows[] = {
		{ "has(a.value) && a.value > 5", true },
		{ "has(a.value.deep)", true },
		{ "[1].all(i, has(a.value))", true },
		{ "a.value > 5", false },
		{ "has(b.value) && a.value > 5", false },
		{ "has(b[a.value].f)", false },
		{ "has({'k': a}.k)", false },
		{ "[b].all(a, has(a.value))", false },
		{ "1", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(cel_program) struct cel_program *program = NULL;
		struct err err = { 0 };
		ck_assert_msg(cel_compile(rows[i].source, strlen(rows[i].source), variables, ARRAY_SIZE(variables),
				      &program, &err),
			"%s: %s", rows[i].source, err.text);
		ck_assert_msg(cel_program_tests(program, "a") == rows[i].tested, "%s", rows[i].source);
	}
}
END_TEST

START_TEST(test_names__takes_the_longest_declared_name)
{
	static const struct names_case rows[] = {
		{ "b.c", "b.c", true, false },
		{ "b.c", "b", false, true },
		{ "b.c.d", "b.c", true, false },
		{ "b.d", "b", true, false },
		{ "b.d", "b.c", false, true },
		{ "b['c']", "b", true, false },
		{ "b['c']", "b.c", false, true },
		{ "has(b.c)", "b.c", true, true },
		{ "has(b.c)", "b", false, true },
		{ "has(b.c.d)", "b.c", true, true },
		{ "has(b.c.d)", "b", false, true },
		{ "has(b.d)", "b", true, true },
	};
	expect_names(rows, ARRAY_SIZE(rows), false);
}
END_TEST

START_TEST(test_names__counts_every_reading_without_declarations)
{
	static const struct names_case rows[] = {
		{ "b.c.d", "b", true, false },
		{ "b.c.d", "b.c", true, false },
		{ "b.c.d", "b.c.d", true, false },
		{ "b.c.d", "b.c.d.e", false, true },
		{ "has(b.c.d)", "b", true, true },
		{ "has(b.c.d)", "b.c", true, true },
		{ "[1].all(b, b.c > 1)", "b.c", false, true },
		{ "[1].all(b, b.c > 1)", "b", false, true },
	};
	expect_names(rows, ARRAY_SIZE(rows), true);
}
END_TEST

START_TEST(test_names__has_of_a_dotted_variable_asks_whether_it_is_bound)
{
	owned(cel_program) struct cel_program *program = NULL;
	owned(arena) struct arena *arena = arena_create();
	struct err err = { 0 };
	struct cel_value result;
	struct cel_binding binding = { "b.c", cel_string("bound") };
	ck_assert(cel_compile("has(b.c)", 8, variables, ARRAY_SIZE(variables), &program, &err));
	ck_assert(cel_eval(program, NULL, 0, CEL_COST_DEFAULT, arena, &result, &err));
	ck_assert(result.kind == CEL_BOOL && !result.boolean);
	ck_assert(cel_eval(program, &binding, 1, CEL_COST_DEFAULT, arena, &result, &err));
	ck_assert(result.kind == CEL_BOOL && result.boolean);
}
END_TEST

START_TEST(test_names__looks_in_the_container_first)
{
	static const struct cel_variable declared[] = { { "app.web.rate", CEL_INT }, { "app.rate", CEL_INT },
		{ "rate", CEL_INT } };
	static const struct {
		const char *source;
		const char *named;
	} rows[] = { { "rate", "app.web.rate" }, { ".rate", "rate" }, { "web.rate", "app.web.rate" },
		{ "app.rate", "app.rate" } };
	struct cel_env env = { .container = "app.web", .variables = declared, .variable_count = ARRAY_SIZE(declared) };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(cel_program) struct cel_program *program = NULL;
		struct err err = { 0 };
		ck_assert(cel_compile_env(rows[i].source, strlen(rows[i].source), &env, &program, &err));
		for (size_t k = 0; k < ARRAY_SIZE(declared); k++)
			ck_assert_int_eq(cel_program_names(program, declared[k].name),
				strcmp(declared[k].name, rows[i].named) == 0);
	}
}
END_TEST

UNIT_MAIN("cel/names", test_names__finds_every_mention, test_names__leaves_out_hidden_ones,
	test_names__tells_has_from_use, test_names__tells_what_has_tests, test_names__takes_the_longest_declared_name,
	test_names__counts_every_reading_without_declarations,
	test_names__has_of_a_dotted_variable_asks_whether_it_is_bound, test_names__looks_in_the_container_first)
