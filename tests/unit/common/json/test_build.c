#include <math.h>
#include <string.h>

#include "json/json.h"
#include "unit.h"

static struct json_object *sample(void)
{
	struct json_object *object = json_object_new_object();
	json_add_string(object, "text", "a/\"b\"\n");
	json_add_int(object, "int", -JSON_INTEGER_MAX);
	json_add_double(object, "double", 0.1);
	json_add_bool(object, "bool", true);
	json_add_time(object, "time", INT64_C(1779012720000000));
	json_add(object, "list", json_object_new_array());
	return object;
}

START_TEST(test_build__text_keeps_the_order)
{
	owned(json) struct json_object *object = sample();
	owned_buf struct buf out = { 0 };
	json_text(object, false, &out);
	ck_assert_str_eq(buf_str(&out),
		"{\"text\":\"a/\\\"b\\\"\\n\",\"int\":-9007199254740991,\"double\":0.1,\"bool\":true,"
		"\"time\":\"2026-05-17T10:12:00Z\",\"list\":[]}");
}
END_TEST

START_TEST(test_build__pretty_text_is_for_people)
{
	owned(json) struct json_object *object = json_object_new_object();
	json_add_int(object, "a", 1);
	json_add(object, "b", json_object_new_array());
	json_object_array_add(json_object_object_get(object, "b"), NULL);
	owned_buf struct buf out = { 0 };
	json_text(object, true, &out);
	ck_assert_str_eq(buf_str(&out), "{\n  \"a\": 1,\n  \"b\": [\n    null\n  ]\n}");
}
END_TEST

START_TEST(test_build__what_json_can_not_say_is_null)
{
	owned(json) struct json_object *object = json_object_new_object();
	json_add_string(object, "a", NULL);
	json_add_double(object, "b", NAN);
	json_add_double(object, "c", 1e20);
	json_add_time(object, "d", 0);
	json_add(object, "e", NULL);
	owned_buf struct buf out = { 0 };
	json_text(object, false, &out);
	ck_assert_str_eq(buf_str(&out), "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null}");
}
END_TEST

START_TEST(test_build__a_name_stands_once)
{
	owned(json) struct json_object *object = json_object_new_object();
	json_add_int(object, "a", 1);
	json_add_int(object, "a", 2);
	owned_buf struct buf out = { 0 };
	json_text(object, false, &out);
	ck_assert_str_eq(buf_str(&out), "{\"a\":2}");
}
END_TEST

START_TEST(test_build__text_is_always_utf_8)
{
	owned(json) struct json_object *object = json_object_new_object();
	json_add_string(object, "a", "x\xffy\xe2\x82");
	json_add_string(object, "b", "\xc3\xa9");
	owned_buf struct buf out = { 0 };
	json_text(object, false, &out);
	ck_assert_str_eq(buf_str(&out), "{\"a\":\"x\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbd\",\"b\":\"\xc3\xa9\"}");
	ck_assert(json_scan(out.data, out.len, 1, NULL));
}
END_TEST

UNIT_MAIN("json/build", test_build__text_keeps_the_order, test_build__pretty_text_is_for_people,
	test_build__what_json_can_not_say_is_null, test_build__a_name_stands_once, test_build__text_is_always_utf_8)
