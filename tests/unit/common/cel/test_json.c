#include <json-c/json.h>
#include <string.h>

#include "fixture.h"

START_TEST(test_json__numbers_become_what_they_are_written_as)
{
	static const struct expression_case rows[] = {
		{ "[a, b, c, d, e].map(x, string(type(x) == int) + string(x))",
			"[\"true1\",\"false1\",\"true-9223372036854775808\",\"false18446744073709551615\",\"false0.5\"]"
			" list" },
		{ "type(d) == uint && type(b) == double", "true bool" },
		{ "a + 1", "2 int" },
		{ "b + 1.0", "2.0 double" },
		{ "a == b", "true bool" },
	};
	EXPECT_ROWS(
		rows, "{\"a\": 1, \"b\": 1.0, \"c\": -9223372036854775808, \"d\": 18446744073709551615, \"e\": 5e-1}");
}
END_TEST

START_TEST(test_json__keeps_structure_and_bytes)
{
	static const struct expression_case rows[] = {
		{ "v", "{\"n\":null,\"t\":true,\"s\":\"a\\u0000b\",\"l\":[1,[],{}],\"e\":\"\"} map" },
		{ "v.s.size()", "3 int" },
		{ "v.n == null && v.t && v.l[1] == [] && v.l[2] == {}", "true bool" },
	};
	EXPECT_ROWS(rows, "{\"v\": {\"n\": null, \"t\": true, \"s\": \"a\\u0000b\", \"l\": [1, [], {}], \"e\": \"\"}}");
}
END_TEST

START_TEST(test_json__binds_times)
{
	owned(cel_program) struct cel_program *program = NULL;
	owned(arena) struct arena *arena = arena_create();
	static const struct cel_variable variables[] = { { "at", CEL_TIMESTAMP }, { "age", CEL_DURATION } };
	struct cel_binding bindings[] = { { "at", cel_timestamp_us(-1500000) }, { "age", cel_duration_us(-1500000) } };
	const char *source = "[string(at), string(age), string(at - age)]";
	struct cel_value result;
	struct err err = { 0 };
	ck_assert(cel_compile(source, strlen(source), variables, 2, &program, &err));
	ck_assert(cel_eval(program, bindings, 2, CEL_COST_DEFAULT, arena, &result, &err));
	struct json_object *json = cel_to_json(&result);
	ck_assert_str_eq(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
		"[\"1969-12-31T23:59:58.5Z\",\"-1.5s\",\"1970-01-01T00:00:00Z\"]");
	json_object_put(json);
}
END_TEST

UNIT_MAIN("cel/json", test_json__numbers_become_what_they_are_written_as, test_json__keeps_structure_and_bytes,
	test_json__binds_times)
