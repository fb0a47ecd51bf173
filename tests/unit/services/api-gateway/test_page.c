#include "page.h"

#include <json-c/json_object.h>
#include <string.h>

#include "json/json.h"
#include "unit.h"

static struct arena *arena;
static struct err err;

static void setup(void)
{
	arena = arena_create();
	err = (struct err){ 0 };
}

START_TEST(test_page__a_cursor_of_a_time_reads_back)
{
	setup();
	const char *after[2];
	owned_buf struct buf cursor = { 0 };
	page_cursor("2026-05-17T10:12:00.000250Z", "pp_01m8", &cursor);
	ck_assert_str_eq(buf_str(&cursor), "1779012720000250~pp_01m8");
	ck_assert(page_cursor_read(buf_str(&cursor), PAGE_BY_TIME, arena, after, &err));
	ck_assert_str_eq(after[0], "2026-05-17T10:12:00.000250Z");
	ck_assert_str_eq(after[1], "pp_01m8");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_page__a_cursor_of_names_reads_back)
{
	setup();
	const char *after[2];
	owned_buf struct buf cursor = { 0 };
	page_cursor("checkout-api", "production", &cursor);
	ck_assert(page_cursor_read(buf_str(&cursor), PAGE_BY_NAMES, arena, after, &err));
	ck_assert_str_eq(after[0], "checkout-api");
	ck_assert_str_eq(after[1], "production");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_page__refuses_what_is_no_cursor)
{
	setup();
	static const struct {
		const char *cursor;
		enum page_order order;
	} cases[] = {
		{ "", PAGE_BY_TIME },
		{ "~", PAGE_BY_TIME },
		{ "1779012720000250", PAGE_BY_TIME },
		{ "1779012720000250~", PAGE_BY_TIME },
		{ "~pp_01m8", PAGE_BY_TIME },
		{ "-1~pp_01m8", PAGE_BY_TIME },
		{ "17790127200002500~pp_01m8", PAGE_BY_TIME },
		{ "1779012720000250~'; DROP", PAGE_BY_TIME },
		{ "checkout-api~production", PAGE_BY_TIME },
		{ "checkout-api", PAGE_BY_NAMES },
		{ "checkout-api~", PAGE_BY_NAMES },
		{ "checkout api~production", PAGE_BY_NAMES },
		{ "a~b~c", PAGE_BY_NAMES },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *after[2] = { NULL, NULL };
		ck_assert_msg(!page_cursor_read(cases[i].cursor, cases[i].order, arena, after, &err), "case %zu", i);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_str_eq(err.where, "cursor");
		ck_assert_ptr_null(after[0]);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(test_page__there_is_a_next_page_only_where_more_rows_came_than_fit)
{
	const struct page page = { .limit = 2 };
	static const char *const last[2] = { "a", "b" };
	owned(json) struct json_object *more = json_object_new_object(), *none = json_object_new_object();
	page_next(more, &page, 3, last);
	page_next(none, &page, 2, last);
	ck_assert_str_eq(json_object_get_string(json_object_object_get(more, "next")), "a~b");
	ck_assert_ptr_null(json_object_object_get(none, "next"));
	ck_assert_int_eq(page_rows(&page, 3), 2);
	ck_assert_int_eq(page_rows(&page, 1), 1);
}
END_TEST

UNIT_MAIN("api-gateway/page", test_page__a_cursor_of_a_time_reads_back, test_page__a_cursor_of_names_reads_back,
	test_page__refuses_what_is_no_cursor, test_page__there_is_a_next_page_only_where_more_rows_came_than_fit)
