#include "fact_value.h"

#include <string.h>

#include "json/json.h"
#include "unit.h"

static struct arena *arena;
static struct err err;

static const char *build(const char *data, const char *summary)
{
	owned(json) struct json_object *object = NULL;
	const char *value;
	size_t len;
	err = (struct err){ 0 };
	ck_assert(data == NULL || json_parse(data, strlen(data), &object, &err));
	if (!fact_value_build(object, "passed", summary, arena, &value, &len, &err))
		return NULL;
	ck_assert_uint_eq(strlen(value), len);
	return value;
}

START_TEST(test_fact_value__is_canonical)
{
	arena = arena_create();
	ck_assert_str_eq(build(NULL, NULL), "{\"status\":\"passed\"}");
	ck_assert_str_eq(build(NULL, ""), "{\"status\":\"passed\"}");
	ck_assert_str_eq(build("{\"z\": 1.0, \"a\": {\"b\": [true, null]}}", "42 checks"),
		"{\"a\":{\"b\":[true,null]},\"status\":\"passed\",\"summary\":\"42 checks\",\"z\":1}");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_fact_value__data_can_not_stand_for_status_or_summary)
{
	arena = arena_create();
	ck_assert_ptr_null(build("{\"n\": 1, \"status\": \"failed\"}", NULL));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_str_eq(err.where, "/data/status");
	ck_assert_ptr_null(build("{\"summary\": null}", "all good"));
	ck_assert_str_eq(err.where, "/data/summary");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_fact_value__data_is_an_object)
{
	arena = arena_create();
	ck_assert_ptr_null(build("[1]", NULL));
	ck_assert_str_eq(err.where, "/data");
	arena_destroy(arena);
}
END_TEST

UNIT_MAIN("api-gateway/fact-value", test_fact_value__is_canonical,
	test_fact_value__data_can_not_stand_for_status_or_summary, test_fact_value__data_is_an_object)
