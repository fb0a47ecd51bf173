/* Whatever the text is: no deep stack, no long run, no memory without cost. */
#include <string.h>

#include "fixture.h"

/* head, count times item, tail. */
static void repeat(struct buf *out, const char *head, const char *item, size_t count, const char *tail)
{
	buf_append_str(out, head);
	for (size_t i = 0; i < count; i++)
		buf_append_str(out, item);
	buf_append_str(out, tail);
}

static const char *evaluate_repeated(
	struct arena *arena, const char *head, const char *item, size_t count, const char *tail)
{
	owned_buf struct buf source = { 0 };
	repeat(&source, head, item, count, tail);
	return evaluate(arena, buf_str(&source), "{\"m\": {}}");
}

START_TEST(test_limits__long_chains_take_no_stack)
{
	static const struct {
		const char *head, *item, *tail;
		size_t count;
		const char *expected;
	} rows[] = {
		{ "1", "+1", "", 8000, "8001 int" },
		{ "true", "&&true", "", 2500, "true bool" },
		{ "false", "||false", "", 2000, "false bool" },
		{ "1", "<2==true", "", 1, "true bool" },
		{ "size([", "1,", "])", 8000, "8000 int" },
		{ "m", ".a", "", 8000, "1:3 no such key: 'a'" },
		{ "[m]", "[0]", "", 5000, "1:7 no such key" },
		{ "[1]", ".filter(x,true)", ".size()", 1000, "1 int" },
		{ "size(''", "+'a'", ")", 4000, "1:1 the expression costs more than 100000" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(arena) struct arena *arena = arena_create();
		const char *found = evaluate_repeated(arena, rows[i].head, rows[i].item, rows[i].count, rows[i].tail);
		if (strstr(rows[i].expected, "costs") != NULL)
			ck_assert_msg(strstr(found, "costs") != NULL, "%s%s: %s", rows[i].head, rows[i].item, found);
		else
			ck_assert_msg(
				strcmp(found, rows[i].expected) == 0, "%s%s: %s", rows[i].head, rows[i].item, found);
	}
}
END_TEST

START_TEST(test_limits__refuses_deep_nesting)
{
	static const struct {
		const char *open, *inner, *close;
	} rows[] = {
		{ "(", "1", ")" },
		{ "[", "1", "]" },
		{ "!", "true", "" },
		{ "- ", "1", "" },
		{ "{1:", "1", "}" },
		{ "size(", "''", ")" },
		{ "true?true:", "true", "" },
		{ "[1].map(x,", "1", ")" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(arena) struct arena *arena = arena_create();
		owned_buf struct buf source = { 0 };
		repeat(&source, "", rows[i].open, 1000, rows[i].inner);
		repeat(&source, "", rows[i].close, 1000, "");
		const char *found = evaluate(arena, buf_str(&source), NULL);
		ck_assert_msg(strstr(found, "nested deeper than 64 levels") != NULL, "%s: %s", rows[i].open, found);
	}
}
END_TEST

START_TEST(test_limits__takes_nesting_up_to_the_limit)
{
	owned(arena) struct arena *arena = arena_create();
	owned_buf struct buf source = { 0 };
	repeat(&source, "", "(", CEL_DEPTH_MAX - 1, "1");
	repeat(&source, "", ")", CEL_DEPTH_MAX - 1, "");
	ck_assert_str_eq(evaluate(arena, buf_str(&source), NULL), "1 int");
}
END_TEST

START_TEST(test_limits__refuses_long_sources)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(evaluate_repeated(arena, "1", " ", CEL_SOURCE_MAX_BYTES - 1, ""), "1 int");
	ck_assert_str_eq(
		evaluate_repeated(arena, "1", " ", CEL_SOURCE_MAX_BYTES, ""), "1:1 expression longer than 16384 bytes");
}
END_TEST

START_TEST(test_limits__refuses_too_many_names)
{
	owned_buf struct buf source = { 0 };
	owned(arena) struct arena *arena = arena_create();
	for (int i = 0; i < 300; i++)
		buf_printf(&source, "a%d+", i);
	buf_append_str(&source, "1");
	ck_assert_ptr_nonnull(
		strstr(evaluate_unchecked(arena, buf_str(&source), NULL), "more than 256 different names"));
}
END_TEST

START_TEST(test_limits__refuses_large_patterns)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(evaluate(arena, "'a'.matches('(a{1000}){1000}')", NULL), "1:13 regular expression: too large");
	ck_assert_str_eq(evaluate_repeated(arena, "true", "||'a'.matches('(a{1000}){3}')", 10, ""),
		"1:193 the regular expressions are too large together");
}
END_TEST

/* One list of 1000 elements as the variable l, evaluated with a cost of cost_max. */
static bool run_with_list(struct arena *arena, const char *source, uint64_t cost_max, struct err *err)
{
	static const struct cel_variable variable = { "l", CEL_LIST };
	owned(cel_program) struct cel_program *program = NULL;
	struct cel_value items[1000] = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = (struct cel_value){ .kind = CEL_INT, .integer = (int64_t)i };
	struct cel_binding binding = { "l", { .kind = CEL_LIST, .list = { items, ARRAY_SIZE(items) } } };
	struct cel_value result;
	ck_assert_msg(cel_compile(source, strlen(source), &variable, 1, &program, err), "%s", err->text);
	return cel_eval(program, &binding, 1, cost_max, arena, &result, err);
}

START_TEST(test_limits__cost_ends_what_runs_too_long)
{
	static const char *const sources[] = {
		"l.all(a, l.all(b, l.all(c, a >= 0)))",
		"l.exists(a, l.exists(b, 1 / 0 > a))", /* errors are absorbed, the end is not */
		"true || l.all(a, l.all(b, true))",
		"l.map(a, l.map(b, l))",
		"l.filter(a, l + l == l + l).size()",
		"l.filter(a, l == l).size()",
		"l.map(a, a in l).size()",
		"l.all(a, [l, l, l, l].map(x, x) == [l, l, l, l])",
		"l.all(a, size(string(l.map(b, 'aaaaaaaaaaaaaaaa' + 'bbbbbbbbbbbbbbbbbbbb').size())) > 0)",
		"l.all(a, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a|a)*(a|a)*(a|a)*(a|a)*b') == false)",
	};
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		owned(arena) struct arena *arena = arena_create();
		struct err err = { 0 };
		bool short_circuit = strncmp(sources[i], "true", 4) == 0;
		bool ok = run_with_list(arena, sources[i], CEL_COST_DEFAULT, &err);
		ck_assert_msg(ok == short_circuit, "%s", sources[i]);
		if (!ok) {
			ck_assert_int_eq(err.kind, ERR_UNPROCESSABLE);
			ck_assert_str_eq(err.text, "the expression costs more than 100000");
		}
		ck_assert_msg(arena_used_bytes(arena) < 8u << 20, "%s: %zu bytes", sources[i], arena_used_bytes(arena));
	}
}
END_TEST

START_TEST(test_limits__a_long_literal_costs_before_it_fails)
{
	owned(arena) struct arena *arena = arena_create();
	owned_buf struct buf lists = { 0 }, maps = { 0 };
	struct err err = { 0 };
	repeat(&lists, "l.exists(a, size([1/0", ",1", 4000, "]) > a)");
	ck_assert(!run_with_list(arena, buf_str(&lists), CEL_COST_DEFAULT, &err));
	repeat(&maps, "l.exists(a, size({1/0:1", ",1:1", 4000, "}) > a)");
	ck_assert(!run_with_list(arena, buf_str(&maps), CEL_COST_DEFAULT, &err));
	ck_assert_uint_lt(arena_used_bytes(arena), 16u << 20);
}
END_TEST

START_TEST(test_limits__cost_is_counted_exactly_at_the_limit)
{
	owned(arena) struct arena *arena = arena_create();
	struct err err = { 0 };
	uint64_t least = 1;
	while (!run_with_list(arena, "l.exists(x, x == 10)", least, &err))
		least++;
	ck_assert(run_with_list(arena, "l.exists(x, x == 10)", least, &err));
	ck_assert(!run_with_list(arena, "l.exists(x, x == 10)", least - 1, &err));
	ck_assert_uint_lt(least, 200);
}
END_TEST

START_TEST(test_limits__results_that_share_their_parts_are_bounded)
{
	owned(arena) struct arena *arena = arena_create();
	const char *wide = evaluate_repeated(arena, "[1]", ".map(x,[x,x])", 30, "");
	ck_assert_msg(strstr(wide, "costs more than") != NULL, "%.100s", wide);
	const char *deep = evaluate_repeated(arena, "[1]", ".map(x,[x])", 100, "");
	ck_assert_msg(strstr(deep, "nested deeper than 64") != NULL, "%.100s", deep);
	const char *compared = evaluate_repeated(arena, "[[1]", ".map(x,[x,x])", 30, "].all(y,y==y)");
	ck_assert_msg(strstr(compared, "costs more than") != NULL, "%.100s", compared);
}
END_TEST

UNIT_MAIN("cel/limits", test_limits__long_chains_take_no_stack, test_limits__refuses_deep_nesting,
	test_limits__takes_nesting_up_to_the_limit, test_limits__refuses_long_sources,
	test_limits__refuses_too_many_names, test_limits__refuses_large_patterns,
	test_limits__cost_ends_what_runs_too_long, test_limits__a_long_literal_costs_before_it_fails,
	test_limits__cost_is_counted_exactly_at_the_limit, test_limits__results_that_share_their_parts_are_bounded)
