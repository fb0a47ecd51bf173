#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "unit.h"

START_TEST(test_tree__a_scalar_may_be_the_root)
{
	static const struct {
		const char *text;
		enum json_type type;
	} cases[] = { { "1", json_type_int }, { "-2.5", json_type_double }, { "\"x\"", json_type_string },
		{ "true", json_type_boolean }, { "null", json_type_null }, { " 7 ", json_type_int } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned(json) struct json_object *value = NULL;
		struct err err = { 0 };
		ck_assert_msg(json_parse(cases[i].text, strlen(cases[i].text), &value, &err), "%s", err.text);
		ck_assert_int_eq(json_object_get_type(value), cases[i].type);
	}
}
END_TEST

START_TEST(test_tree__the_text_need_not_end_with_nul)
{
	owned(json) struct json_object *value = NULL;
	ck_assert(json_parse("123456", 3, &value, NULL));
	ck_assert_int_eq(json_object_get_int64(value), 123);
}
END_TEST

START_TEST(test_tree__json_c_reads_the_full_depth)
{
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_append_str(&text, i % 2 == 0 ? "[" : "{\"a\":");
	buf_append_str(&text, "\"x\"");
	for (int i = JSON_DEPTH_MAX - 1; i >= 0; i--)
		buf_append_char(&text, i % 2 == 0 ? ']' : '}');
	owned(json) struct json_object *value = NULL;
	struct err err = { 0 };
	ck_assert_msg(json_parse(text.data, text.len, &value, &err), "%s", err.text);
}
END_TEST

START_TEST(test_tree__a_failure_leaves_the_output)
{
	struct json_object *marker = json_object_new_object(), *value = marker;
	struct err err = { 0 };
	ck_assert(!json_parse("{\"a\":1,\"a\":2}", 13, &value, &err));
	ck_assert_ptr_eq(value, marker);
	ck_assert_str_eq(err.where, "/a");
	json_object_put(marker);
}
END_TEST

START_TEST(test_tree__escapes_become_characters)
{
	static const char text[] = "{\"\\u00e9\\/\":\"\\ud83d\\ude00\\n\"}";
	owned(json) struct json_object *value = NULL;
	ck_assert(json_parse(text, strlen(text), &value, NULL));
	struct json_object *member;
	ck_assert(json_object_object_get_ex(value, "\xc3\xa9/", &member));
	ck_assert_str_eq(json_object_get_string(member), "\xf0\x9f\x98\x80\n");
}
END_TEST

UNIT_MAIN("json/tree", test_tree__a_scalar_may_be_the_root, test_tree__the_text_need_not_end_with_nul,
	test_tree__json_c_reads_the_full_depth, test_tree__a_failure_leaves_the_output,
	test_tree__escapes_become_characters)
