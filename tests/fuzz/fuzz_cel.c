/*
 * Any text as an expression: it is refused with its place, or evaluated within its cost, the same way each time, to
 * what JSON can hold; and a checked program never fails for a name or function that does not exist.
 */
#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/cel.h"
#include "fuzz.h"

#define COST_MAX 20000

static const struct cel_variable variables[] = { { "a", CEL_INT }, { "s", CEL_STRING }, { "l", CEL_LIST },
	{ "m", CEL_MAP }, { "m.n", CEL_DYN }, { "t", CEL_TIMESTAMP }, { "d", CEL_DURATION }, { "x", CEL_DYN } };

static void check_error(const struct err *err, enum err_kind kind)
{
	unsigned line, column;
	FUZZ_REQUIRE(err->kind == kind);
	FUZZ_REQUIRE(sscanf(err->where, "%u:%u", &line, &column) == 2 && line > 0 && column > 0);
	FUZZ_REQUIRE(err->text[0] != '\0' && utf8_valid(err->text, strlen(err->text)));
}

/* The result as JSON text, "" for an error; in the arena. */
static const char *evaluate(const struct cel_program *program, struct arena *arena)
{
	static const struct cel_value items[] = { { .kind = CEL_INT, .integer = 1 },
		{ .kind = CEL_DOUBLE, .number = 0.5 }, { .kind = CEL_STRING, .text = { "abc", 3 } },
		{ .kind = CEL_NULL } };
	static const struct cel_map_entry entries[] = {
		{ { .kind = CEL_STRING, .text = { "n", 1 } }, { .kind = CEL_BOOL, .boolean = true } },
		{ { .kind = CEL_INT, .integer = 2 }, { .kind = CEL_BYTES, .text = { "\xff", 1 } } },
	};
	struct cel_binding bindings[] = {
		{ "a", { .kind = CEL_INT, .integer = -7 } },
		{ "s", { .kind = CEL_STRING, .text = { "a\xc3\xa9z", 4 } } },
		{ "l", { .kind = CEL_LIST, .list = { items, ARRAY_SIZE(items) } } },
		{ "m", { .kind = CEL_MAP, .map = { entries, ARRAY_SIZE(entries) } } },
		{ "t", cel_timestamp_us(INT64_C(1700000000123456)) },
		{ "d", cel_duration_us(-1500000) },
	};
	struct err err = { 0 };
	struct cel_value result;
	if (!cel_eval(program, bindings, ARRAY_SIZE(bindings), COST_MAX, arena, &result, &err)) {
		check_error(&err, ERR_UNPROCESSABLE);
		return "";
	}
	cel_equal(&result, &result);
	struct json_object *json = cel_to_json(&result);
	const char *text = arena_strdup(arena, json_object_to_json_string(json));
	json_object_put(json);
	return text;
}

static void run(const char *text, size_t len, bool unchecked)
{
	struct cel_env env = {
		.variables = variables, .variable_count = ARRAY_SIZE(variables), .unchecked = unchecked
	};
	owned(cel_program) struct cel_program *program = NULL;
	struct err err = { 0 };
	if (!cel_compile_env(text, len, &env, &program, &err)) {
		check_error(&err, ERR_INVALID);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		FUZZ_REQUIRE(cel_program_names(program, variables[i].name) ||
			     cel_program_names_only_in_has(program, variables[i].name));
	owned(arena) struct arena *arena = arena_create();
	const char *first = evaluate(program, arena);
	FUZZ_REQUIRE(strcmp(first, evaluate(program, arena)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run((const char *)data, size, true);
	run((const char *)data, size, false);
	return 0;
}
