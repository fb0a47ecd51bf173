/*
 * The conformance tests of cel-spec: all that need nothing but the standard definitions, and those of the type checker.
 * What needs more is counted as not applicable, by the first word that we do not support.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cel/program.h"
#include "vectors.h"

#define VARIABLES_MAX 8

static const char *const suites[] = { "basic", "bindings_ext", "block_ext", "comparisons", "conversions", "dynamic",
	"encoders_ext", "enums", "fields", "fp_math", "integer_math", "lists", "logic", "macros", "macros2", "math_ext",
	"namespace", "network_ext", "optionals", "parse", "plumbing", "proto2", "proto2_ext", "proto3", "string",
	"string_ext", "timestamps", "type_deduction", "wrappers" };

static struct json_object *member(struct json_object *object, const char *name)
{
	return json_object_object_get(object, name);
}

static enum cel_kind kind_named(const char *name)
{
	static const char *const names[] = { "null", "bool", "int", "uint", "double", "string", "bytes", "list", "map",
		"timestamp", "duration", "type" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum cel_kind)i;
	return CEL_DYN;
}

static struct cel_value value_read(struct json_object *json, struct arena *arena);

static struct cel_value text_read(struct json_object *json, enum cel_kind kind, struct arena *arena)
{
	owned_buf struct buf text = { 0 };
	ck_assert(kind == CEL_BYTES ? vectors_base64(json, "value", &text) : vectors_bytes(json, "value", &text));
	return (struct cel_value){ .kind = kind, .text = { arena_strndup(arena, buf_str(&text), text.len), text.len } };
}

static struct cel_value list_read(struct json_object *items, struct arena *arena)
{
	size_t count = json_object_array_length(items);
	struct cel_value *values = arena_array(arena, count, sizeof(*values));
	for (size_t i = 0; i < count; i++)
		values[i] = value_read(json_object_array_get_idx(items, i), arena);
	return (struct cel_value){ .kind = CEL_LIST, .list = { values, count } };
}

static struct cel_value map_read(struct json_object *pairs, struct arena *arena)
{
	size_t count = json_object_array_length(pairs);
	struct cel_map_entry *entries = arena_array(arena, count, sizeof(*entries));
	for (size_t i = 0; i < count; i++) {
		struct json_object *pair = json_object_array_get_idx(pairs, i);
		entries[i].key = value_read(json_object_array_get_idx(pair, 0), arena);
		entries[i].value = value_read(json_object_array_get_idx(pair, 1), arena);
	}
	return (struct cel_value){ .kind = CEL_MAP, .map = { entries, count } };
}

static struct cel_value value_read(struct json_object *json, struct arena *arena)
{
	struct cel_value value = { .kind = kind_named(vectors_text(json, "kind")) };
	switch (value.kind) {
	case CEL_NULL: break;
	case CEL_BOOL: value.boolean = json_object_get_boolean(member(json, "value")); break;
	case CEL_INT: value.integer = strtoll(vectors_text(json, "value"), NULL, 10); break;
	case CEL_UINT: value.uinteger = strtoull(vectors_text(json, "value"), NULL, 10); break;
	case CEL_DOUBLE: {
		uint64_t bits = strtoull(vectors_text(json, "bits"), NULL, 16);
		memcpy(&value.number, &bits, sizeof(bits));
		break;
	}
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_TYPE: return text_read(json, value.kind, arena);
	case CEL_LIST: return list_read(member(json, "value"), arena);
	case CEL_MAP: return map_read(member(json, "value"), arena);
	case CEL_TIMESTAMP:
	case CEL_DURATION:
		value.time.seconds = strtoll(vectors_text(json, "seconds"), NULL, 10);
		value.time.nanos = (int32_t)vectors_int(json, "nanos", 0);
		break;
	case CEL_DYN: ck_abort_msg("unknown kind %s", vectors_text(json, "kind"));
	}
	return value;
}

/* The same value of the same kind; a NaN is itself, zeros differ by their sign. */
static bool identical(const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == CEL_DOUBLE)
		return memcmp(&a->number, &b->number, sizeof(a->number)) == 0 ||
		       (a->number != a->number && b->number != b->number);
	if (a->kind == CEL_LIST) {
		if (a->list.count != b->list.count)
			return false;
		for (size_t i = 0; i < a->list.count; i++)
			if (!identical(&a->list.items[i], &b->list.items[i]))
				return false;
		return true;
	}
	if (a->kind == CEL_MAP) {
		size_t found = 0;
		for (size_t i = 0; i < a->map.count; i++)
			for (size_t k = 0; k < b->map.count; k++)
				found += identical(&a->map.entries[i].key, &b->map.entries[k].key) &&
					 identical(&a->map.entries[i].value, &b->map.entries[k].value);
		return a->map.count == b->map.count && found == a->map.count;
	}
	return cel_equal(a, b);
}

static enum cel_kind declared_kind(struct json_object *type)
{
	const char *name = vectors_text(type, "type");
	if (strcmp(name, "message") != 0)
		return kind_named(name);
	const char *message = vectors_text(type, "name");
	return strcmp(message, "google.protobuf.Duration") == 0    ? CEL_DURATION
	       : strcmp(message, "google.protobuf.Timestamp") == 0 ? CEL_TIMESTAMP
								   : CEL_DYN;
}

/* A type of the vectors as cel_type_format writes ours. */
static void type_format(struct json_object *type, struct buf *out)
{
	const char *name = vectors_text(type, "type");
	buf_append_str(out, cel_kind_name(kind_named(name)));
	if (strcmp(name, "list") == 0) {
		buf_append_str(out, "(");
		type_format(member(type, "elem"), out);
		buf_append_str(out, ")");
	} else if (strcmp(name, "map") == 0) {
		buf_append_str(out, "(");
		type_format(member(type, "key"), out);
		buf_append_str(out, ", ");
		type_format(member(type, "value"), out);
		buf_append_str(out, ")");
	}
}

static bool compile(struct json_object *test, struct cel_program **program, struct err *err)
{
	owned_buf struct buf source = { 0 };
	struct cel_variable variables[VARIABLES_MAX];
	struct cel_env env = { .container = vectors_text(test, "container"),
		.variables = variables,
		.unchecked = json_object_get_boolean(member(test, "disable_check")) };
	struct json_object *declared = member(test, "type_env");
	ck_assert(vectors_bytes(test, "expr", &source));
	for (size_t i = 0; declared != NULL && i < json_object_array_length(declared); i++) {
		struct json_object *variable = json_object_array_get_idx(declared, i);
		ck_assert(env.variable_count < VARIABLES_MAX);
		variables[env.variable_count++] = (struct cel_variable){ vectors_text(variable, "name"),
			declared_kind(member(variable, "type")) };
	}
	return cel_compile_env(buf_str(&source), source.len, &env, program, err);
}

static bool type_is_right(const struct cel_program *program, struct json_object *expect)
{
	owned_buf struct buf deduced = { 0 }, expected = { 0 };
	if (member(expect, "type") == NULL)
		return true;
	cel_type_format(program->type, &deduced);
	type_format(member(expect, "type"), &expected);
	if (strcmp(buf_str(&deduced), buf_str(&expected)) != 0)
		printf("  type %s, not %s\n", buf_str(&deduced), buf_str(&expected));
	return strcmp(buf_str(&deduced), buf_str(&expected)) == 0;
}

static bool result_is_right(const struct cel_program *program, struct json_object *test, struct json_object *expect)
{
	owned(arena) struct arena *arena = arena_create();
	struct cel_binding bindings[VARIABLES_MAX];
	size_t count = 0;
	struct json_object *bound = member(test, "bindings");
	if (bound != NULL) {
		json_object_object_foreach (bound, name, value) {
			ck_assert(count < VARIABLES_MAX);
			bindings[count++] = (struct cel_binding){ name, value_read(value, arena) };
		}
	}
	struct err err = { 0 };
	struct cel_value result;
	bool ok = cel_eval(program, bindings, count, CEL_COST_DEFAULT, arena, &result, &err);
	if (strcmp(vectors_text(expect, "kind"), "error") == 0) {
		ck_assert(ok || (err.kind == ERR_UNPROCESSABLE && err.where[0] != '\0' && err.text[0] != '\0'));
		return !ok;
	}
	if (!ok) {
		printf("  %s: %s\n", err.where, err.text);
		return false;
	}
	struct cel_value expected = value_read(member(expect, "value"), arena);
	return identical(&result, &expected);
}

static bool passes(struct json_object *test)
{
	owned(cel_program) struct cel_program *program = NULL;
	struct json_object *expect = member(test, "expect");
	struct err err = { 0 };
	if (!compile(test, &program, &err)) {
		printf("  refused at %s: %s\n", err.where, err.text);
		return false;
	}
	bool evaluates = !json_object_get_boolean(member(test, "check_only")) &&
			 (member(expect, "value") != NULL || strcmp(vectors_text(expect, "kind"), "error") == 0);
	return type_is_right(program, expect) && (!evaluates || result_is_right(program, test, expect));
}

/* The words that tests need and we lack, with how many tests each keeps out. */
static struct {
	const char *word;
	int count;
} lacking[] = { { "proto", 0 }, { "proto_ext", 0 }, { "strong_enums", 0 }, { "optionals", 0 }, { "string_ext", 0 },
	{ "math_ext", 0 }, { "encoders_ext", 0 }, { "bindings_ext", 0 }, { "block_ext", 0 }, { "network_ext", 0 },
	{ "two_var_macros", 0 }, { "declared_functions", 0 }, { "tz_names", 0 }, { "disable_macros", 0 },
	{ "unknowns", 0 }, { "error_bindings", 0 } };

static bool is_applicable(struct json_object *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++) {
		if (vectors_has(test, "needs", lacking[i].word)) {
			lacking[i].count++;
			return false;
		}
	}
	return true;
}

START_TEST(test_conformance__cel_spec)
{
	int passed = 0, failed = 0, inapplicable = 0;
	for (size_t s = 0; s < ARRAY_SIZE(suites); s++) {
		char path[64];
		snprintf(path, sizeof(path), "cel/%s.json", suites[s]);
		struct json_object *file, *tests = vectors_tests(path, &file);
		for (size_t i = 0; i < json_object_array_length(tests); i++) {
			struct json_object *test = json_object_array_get_idx(tests, i);
			if (!is_applicable(test)) {
				inapplicable++;
			} else if (passes(test)) {
				passed++;
			} else {
				printf("FAILED %s: %s\n", vectors_text(test, "name"), vectors_text(test, "expr"));
				failed++;
			}
		}
		json_object_put(file);
	}
	printf("%d passed, %d failed, %d not applicable:", passed, failed, inapplicable);
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++)
		if (lacking[i].count > 0)
			printf(" %s %d", lacking[i].word, lacking[i].count);
	printf("\n");
	ck_assert_int_eq(failed, 0);
	ck_assert_int_eq(passed, 636 + 12); /* no needs at all; type_deduction alone */
	ck_assert_int_eq(inapplicable, 1450 - 636 - 12);
}
END_TEST

VECTORS_MAIN("cel/conformance", test_conformance__cel_spec)
