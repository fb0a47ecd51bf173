#include "fixture.h"

#include <json-c/json.h>
#include <string.h>

#define VARIABLES_MAX 16

static const char *run(struct arena *arena, const char *source, struct json_object *bindings, bool unchecked)
{
	struct cel_variable variables[VARIABLES_MAX];
	struct cel_binding bound[VARIABLES_MAX];
	struct cel_env env = { .variables = variables, .unchecked = unchecked };
	owned(cel_program) struct cel_program *program = NULL;
	struct err err = { 0 };
	if (bindings != NULL) {
		json_object_object_foreach (bindings, name, value) {
			ck_assert(env.variable_count < VARIABLES_MAX);
			variables[env.variable_count] = (struct cel_variable){ name, CEL_DYN };
			bound[env.variable_count++] = (struct cel_binding){ name, cel_from_json(value, arena) };
		}
	}
	if (!cel_compile_env(source, strlen(source), &env, &program, &err)) {
		ck_assert_int_eq(err.kind, ERR_INVALID);
		return arena_printf(arena, "%s %s", err.where, err.text);
	}
	struct cel_value result;
	if (!cel_eval(program, bound, env.variable_count, CEL_COST_DEFAULT, arena, &result, &err)) {
		ck_assert_int_eq(err.kind, ERR_UNPROCESSABLE);
		return arena_printf(arena, "%s %s", err.where, err.text);
	}
	struct json_object *json = cel_to_json(&result);
	const char *text = arena_printf(arena, "%s %s", json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
		cel_kind_name(result.kind));
	json_object_put(json);
	return text;
}

static const char *run_with(struct arena *arena, const char *source, const char *bindings, bool unchecked)
{
	struct json_object *json = bindings == NULL ? NULL : json_tokener_parse(bindings);
	ck_assert(bindings == NULL || json != NULL);
	const char *text = run(arena, source, json, unchecked);
	json_object_put(json);
	return text;
}

const char *evaluate(struct arena *arena, const char *source, const char *bindings)
{
	return run_with(arena, source, bindings, false);
}

const char *evaluate_unchecked(struct arena *arena, const char *source, const char *bindings)
{
	return run_with(arena, source, bindings, true);
}

void expect_rows(const struct expression_case *rows, size_t count, const char *bindings)
{
	for (size_t i = 0; i < count; i++) {
		owned(arena) struct arena *arena = arena_create();
		const char *found = evaluate(arena, rows[i].source, bindings);
		ck_assert_msg(strcmp(found, rows[i].expected) == 0, "%s\n  gives    %s\n  expected %s", rows[i].source,
			found, rows[i].expected);
	}
}
