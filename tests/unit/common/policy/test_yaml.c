#include "policy/yaml.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "unit.h"

static struct yaml_tree *parse(const char *text)
{
	struct yaml_tree *tree = NULL;
	struct err err = { 0 };
	ck_assert_msg(yaml_tree_parse(text, strlen(text), &tree, &err), "%s: %s at %s", text, err.text, err.where);
	return tree;
}

static void expect_json(const char *text, const char *json)
{
	owned(yaml_tree) struct yaml_tree *tree = parse(text);
	owned_buf struct buf canonical = { 0 };
	ck_assert(json_canonical(yaml_tree_json(tree), &canonical, NULL));
	ck_assert_str_eq(buf_str(&canonical), json);
}

START_TEST(test_yaml__reads_scalars_by_the_core_schema)
{
	static const struct {
		const char *text;
		const char *json;
	} cases[] = { { "yes", "\"yes\"" }, { "no", "\"no\"" }, { "on", "\"on\"" }, { "off", "\"off\"" },
		{ "y", "\"y\"" }, { "true", "true" }, { "True", "true" }, { "FALSE", "false" }, { "tRUE", "\"tRUE\"" },
		{ "null", "null" }, { "~", "null" }, { "Null", "null" }, { "nULL", "\"nULL\"" }, { "0", "0" },
		{ "-0", "0" }, { "+12", "12" }, { "-7", "-7" }, { "012", "12" }, { "0o17", "15" },
		{ "0o18", "\"0o18\"" }, { "0x1F", "31" }, { "0xg", "\"0xg\"" }, { "0b1", "\"0b1\"" },
		{ "1_000", "\"1_000\"" }, { "190:20:30", "\"190:20:30\"" }, { "0.5", "0.5" }, { ".5", "0.5" },
		{ "1.", "1" }, { "1e3", "1000" }, { "-1.5E-2", "-0.015" }, { "1e", "\"1e\"" }, { ".", "\".\"" },
		{ "+", "\"+\"" }, { "1.2.3", "\"1.2.3\"" }, { "2026-05-17", "\"2026-05-17\"" },
		{ "9007199254740991", "9007199254740991" }, { "'12'", "\"12\"" }, { "\"true\"", "\"true\"" },
		{ "''", "\"\"" }, { "'it''s'", "\"it's\"" }, { "\"a\\tb\\u00e9\"", "\"a\\tb\xc3\xa9\"" },
		{ "a < 1 && b", "\"a < 1 && b\"" } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_json(cases[i].text, cases[i].json);
}
END_TEST

START_TEST(test_yaml__reads_collections)
{
	expect_json("a: 1\nb:\n  - x\n  - {c: [1, 2], d: }\n", "{\"a\":1,\"b\":[\"x\",{\"c\":[1,2],\"d\":null}]}");
	expect_json("{\"a\": [true, null], \"b\": {}}", "{\"a\":[true,null],\"b\":{}}");
	expect_json("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}");
	expect_json("%YAML 1.2\n---\nyes: 1\n...\n", "{\"yes\":1}");
	expect_json("# only a comment before\na: b # and behind\n", "{\"a\":\"b\"}");
}
END_TEST

START_TEST(test_yaml__refuses_with_line_and_column)
{
	static const struct {
		const char *text;
		const char *where;
		const char *says;
	} cases[] = {
		{ "", "1:1", "there is no document" },
		{ "# nothing\n", "1:1", "there is no document" },
		{ "a: 1\nb: 2\na: 3\n", "3:1", "the name a stands here twice" },
		{ "a: {b: 1, \"b\": 2}\n", "1:11", "the name b stands here twice" },
		{ "a: &x 1\n", "1:4", "anchors are not allowed" },
		{ "a: &x {}\n", "1:4", "anchors are not allowed" },
		{ "a: &x [1]\n", "1:4", "anchors are not allowed" },
		{ "a: *x\n", "1:4", "aliases are not allowed" },
		{ "a:\n  - !!str 1\n", "2:5", "tags are not allowed" },
		{ "a: !local {}\n", "1:4", "tags are not allowed" },
		{ "a: !!seq []\n", "1:4", "tags are not allowed" },
		{ "a: 1\n---\nb: 2\n", "2:1", "more than one document" },
		{ "a: 1\n...\n---\nb: 2\n", "3:1", "more than one document" },
		{ "%YAML 1.1\n---\na: 1\n", "1:1", "the text must be YAML 1.2" },
		{ "%TAG !e! tag:example.org,2026:\n---\na: 1\n", "1:1", "tags are not allowed" },
		{ "a: 1\n2: b\n", "2:1", "a name must be a text: write it in quotes" },
		{ "a: 1\nnull: b\n", "2:1", "a name must be a text: write it in quotes" },
		{ "? [a]\n: b\n", "1:3", "a name must be a text" },
		{ "a: .inf\n", "1:4", "infinity and not-a-number are no values here" },
		{ "a: [1, .NaN]\n", "1:8", "infinity and not-a-number are no values here" },
		{ "a: 1e999\n", "1:4", "the number is too large; beyond 2^53 write it as a text, in quotes" },
		{ "a: -1e19\n", "1:4", "the number is too large; beyond 2^53 write it as a text, in quotes" },
		{ "a: 9007199254740992\n", "1:4",
			"the number is too large; beyond 2^53 write it as a text, in quotes" },
		{ "a: 99999999999999999999\n", "1:4",
			"the number is too large; beyond 2^53 write it as a text, in quotes" },
		{ "a: \"x\\0\"\n", "1:4", "U+0000 is not allowed" },
		{ "a: x\n\xc3(: 1\n", "2:1", "the text is not UTF-8" },
		{ "a: \xc3\xa9\x01\n", "1:5", "the character U+0001 may only stand as an escape in double quotes" },
		{ "a: x\xc2\x85y\n", "1:5", "the character U+0085 may only stand as an escape in double quotes" },
		{ "a: x\xe2\x80\xa8\n", "1:5", "the character U+2028 may only stand as an escape in double quotes" },
		{ "\xef\xbb\xbf"
		  "a: 1\n",
			"1:1", "the character U+FEFF may only stand as an escape in double quotes" },
		{ "a: b: c\n", "1:5", "mapping values are not allowed in this context" },
		{ "a: [1, 2\n", "2:1", "did not find expected ',' or ']' (while parsing a flow sequence)" },
		{ "a: [1, 2", "1:9", "did not find expected ',' or ']' (while parsing a flow sequence)" },
		{ "a: 'x\n", "2:1", "found unexpected end of stream (while scanning a quoted scalar)" },
		{ "a:\n\t- b\n", "2:1",
			"found character that cannot start any token (while scanning for the next token)" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct yaml_tree *tree = NULL;
		struct err err = { 0 };
		ck_assert_msg(!yaml_tree_parse(cases[i].text, strlen(cases[i].text), &tree, &err), "accepted %s",
			cases[i].text);
		ck_assert_str_eq(err.where, cases[i].where);
		ck_assert_str_eq(err.text, cases[i].says);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_ptr_null(tree);
	}
}
END_TEST

START_TEST(test_yaml__bounds_depth_size_and_values)
{
	owned_buf struct buf text = { 0 };
	struct yaml_tree *tree = NULL;
	struct err err = { 0 };
	for (int i = 0; i < YAML_TREE_MAX_DEPTH; i++)
		buf_append_char(&text, '[');
	for (int i = 0; i < YAML_TREE_MAX_DEPTH; i++)
		buf_append_char(&text, ']');
	yaml_tree_destroy(parse(buf_str(&text)));

	buf_truncate(&text, 0);
	for (int i = 0; i <= YAML_TREE_MAX_DEPTH; i++)
		buf_append_char(&text, '[');
	ck_assert(!yaml_tree_parse(text.data, text.len, &tree, &err));
	ck_assert_str_eq(err.where, "1:33");
	ck_assert_str_eq(err.text, "nested deeper than 32");

	buf_truncate(&text, 0);
	for (int i = 0; i < YAML_TREE_MAX_VALUES; i++)
		buf_append_str(&text, "- 1\n");
	ck_assert(!yaml_tree_parse(text.data, text.len, &tree, &err));
	ck_assert_str_eq(err.where, "20000:3");
	ck_assert_str_eq(err.text, "more than 20000 values");

	buf_truncate(&text, 0);
	while (text.len <= YAML_TREE_MAX_BYTES)
		buf_append_str(&text, "# a comment\n");
	ck_assert(!yaml_tree_parse(text.data, text.len, &tree, &err));
	ck_assert_int_eq(err.kind, ERR_TOO_LARGE);
}
END_TEST

static void expect_place(struct yaml_place place, unsigned line, unsigned column, const char *what)
{
	ck_assert_msg(place.line == line && place.column == column, "%s: %u:%u instead of %u:%u", what, place.line,
		place.column, line, column);
}

START_TEST(test_yaml__knows_where_values_stand)
{
	static const char text[] = "name: x\n"
				   "rules:\n"
				   "  - id: one\n"
				   "    a/b~c: {d: [1, 22]}\n"
				   "  -   id: two\n";
	static const struct {
		const char *pointer;
		unsigned line, column, name_line, name_column;
	} cases[] = {
		{ "", 1, 1, 1, 1 },
		{ "/name", 1, 7, 1, 1 },
		{ "/rules", 3, 3, 2, 1 },
		{ "/rules/0", 3, 5, 3, 5 },
		{ "/rules/0/id", 3, 9, 3, 5 },
		{ "/rules/0/a~1b~0c", 4, 12, 4, 5 },
		{ "/rules/0/a~1b~0c/d/1", 4, 20, 4, 20 },
		{ "/rules/1", 5, 7, 5, 7 },
		/* What is not there has the place of what is around it. */
		{ "/rules/1/require", 5, 7, 5, 7 },
		{ "/rules/9/id", 3, 3, 3, 3 },
		{ "/nam", 1, 1, 1, 1 },
		{ "/name/x", 1, 7, 1, 7 },
	};
	owned(yaml_tree) struct yaml_tree *tree = parse(text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_place(yaml_tree_place(tree, cases[i].pointer), cases[i].line, cases[i].column, cases[i].pointer);
		expect_place(yaml_tree_name_place(tree, cases[i].pointer), cases[i].name_line, cases[i].name_column,
			cases[i].pointer);
	}
}
END_TEST

START_TEST(test_yaml__knows_where_characters_stand)
{
	static const struct {
		const char *text;
		const char *value; /* of a */
		size_t offset;
		unsigned line, column;
	} cases[] = {
		{ "a: x && y\n", "x && y", 5, 1, 9 },
		{ "a: x && y\n", "x && y", 0, 1, 4 },
		{ "a: x && \n", "x &&", 4, 1, 8 },
		{ "a: \xc3\xa9\xc3\xa9 y # z\n", "\xc3\xa9\xc3\xa9 y", 5, 1, 7 },
		{ "a: 'x == ''y'' + z'\n", "x == 'y' + z", 11, 1, 18 },
		{ "a: \"x == \\\"y\\\" + z\"\n", "x == \"y\" + z", 11, 1, 18 },
		{ "a: \"\\x41\\u0041\\U00000041z\"\n", "AAAz", 3, 1, 25 },
		{ "a: \"\\x20\\tz\"\n", " \tz", 2, 1, 11 },
		{ "a: \"x\\\n  y\"\n", "xy", 1, 2, 3 },
		{ "a: |\n  x &&\n    y\n", "x &&\n  y\n", 7, 3, 5 },
		{ "a: |2- # why\n  x\n\n  y\n", "x\n\ny", 3, 4, 3 },
		{ "a: >\n  x &&\n  y\n\n  z\n", "x && y\nz\n", 5, 3, 3 },
		{ "a: >\n  x &&\n  y\n\n  z\n", "x && y\nz\n", 7, 5, 3 },
		{ "a: x &&\n  y\n", "x && y", 5, 2, 3 },
		{ "a: 'x &&\n\n  y'\n", "x &&\ny", 5, 3, 3 },
		{ "a: |\r\n  x\r\n  y\r\n", "x\ny\n", 2, 3, 3 },
		/* The end, and beyond it. */
		{ "a: 'x'\n", "x", 1, 1, 6 },
		{ "a: |\n  x\n\nb: 1\n", "x\n", 2, 2, 4 },
		{ "a: x\n", "x", 99, 1, 5 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned(yaml_tree) struct yaml_tree *tree = parse(cases[i].text);
		struct json_object *value;
		ck_assert(json_object_object_get_ex(yaml_tree_json(tree), "a", &value));
		ck_assert_str_eq(json_object_get_string(value), cases[i].value);
		expect_place(yaml_tree_text_place(tree, "/a", cases[i].offset), cases[i].line, cases[i].column,
			cases[i].text);
	}
}
END_TEST

UNIT_MAIN("policy/yaml", test_yaml__reads_scalars_by_the_core_schema, test_yaml__reads_collections,
	test_yaml__refuses_with_line_and_column, test_yaml__bounds_depth_size_and_values,
	test_yaml__knows_where_values_stand, test_yaml__knows_where_characters_stand)
