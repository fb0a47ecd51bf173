#include <math.h>
#include <string.h>

#include "json/json.h"
#include "unit.h"

START_TEST(test_canon__writes_the_one_form)
{
	static const struct {
		const char *text;
		const char *canonical;
	} cases[] = {
		{ " null ", "null" },
		{ "[ 1.0 , 1e3, -0, -0.0, 4.50 ]", "[1,1000,0,0,4.5]" },
		{ "{\"b\":1,\"a\":{\"d\":true,\"c\":[]}}", "{\"a\":{\"c\":[],\"d\":true},\"b\":1}" },
		{ "\"\\u0001\\u001F\\b\\f\\n\\r\\t\\\"\\\\\\/\\u007f\\u2028\"",
			"\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\x7f\xe2\x80\xa8\"" },
		{ "{\"aa\":1,\"a\":2,\"\":3,\"A\":4,\"10\":5,\"9\":6}",
			"{\"\":3,\"10\":5,\"9\":6,\"A\":4,\"a\":2,\"aa\":1}" },
		{ "9007199254740991", "9007199254740991" },
		{ "1e21", "1e+21" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned(json) struct json_object *value = NULL;
		owned_buf struct buf out = { 0 };
		struct err err = { 0 };
		ck_assert_msg(json_parse(cases[i].text, strlen(cases[i].text), &value, &err), "%s", err.text);
		ck_assert(json_canonical(value, &out, &err));
		ck_assert_str_eq(buf_str(&out), cases[i].canonical);
	}
}
END_TEST

/* U+10000 (d800 dc00) stands before U+E000 and U+FFFF in UTF-16, behind them in UTF-8. */
START_TEST(test_canon__sorts_names_by_utf_16)
{
	owned(json) struct json_object *value = json_object_new_object();
	json_add_int(value, "\xef\xbf\xbf", 5);
	json_add_int(value, "\xee\x80\x80", 4);
	json_add_int(value, "\xf0\x90\x80\x80", 3);
	json_add_int(value, "\xf0\x90\x80\x80z", 3);
	json_add_int(value, "\xed\x9f\xbf", 2);
	json_add_int(value, "z", 1);
	owned_buf struct buf out = { 0 };
	ck_assert(json_canonical(value, &out, NULL));
	ck_assert_str_eq(buf_str(&out), "{\"z\":1,\"\xed\x9f\xbf\":2,\"\xf0\x90\x80\x80\":3,\"\xf0\x90\x80\x80z\":3,"
					"\"\xee\x80\x80\":4,\"\xef\xbf\xbf\":5}");
}
END_TEST

START_TEST(test_canon__refuses_what_the_scanner_would_refuse)
{
	struct json_object *const bad[] = { json_object_new_double(NAN), json_object_new_double(INFINITY),
		json_object_new_double(1e20), json_object_new_int64(JSON_INTEGER_MAX + 1),
		json_object_new_int64(INT64_MIN), json_object_new_uint64(UINT64_MAX), json_object_new_string("\xff"),
		json_object_new_string_len("a\0b", 3) };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		owned(json) struct json_object *value = json_object_new_object();
		struct json_object *array = json_object_new_array();
		json_object_array_add(array, NULL);
		json_object_array_add(array, bad[i]);
		json_add(value, "a/b", array);
		owned_buf struct buf out = { 0 };
		buf_append_str(&out, "kept");
		struct err err = { 0 };
		ck_assert_msg(!json_canonical(value, &out, &err), "case %zu: %s", i, buf_str(&out));
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_str_eq(err.where, "/a~1b/1");
		ck_assert_str_eq(buf_str(&out), "kept");
	}
}
END_TEST

UNIT_MAIN("json/canon", test_canon__writes_the_one_form, test_canon__sorts_names_by_utf_16,
	test_canon__refuses_what_the_scanner_would_refuse)
