#include "json/pointer.h"

#include "unit.h"

START_TEST(test_pointer__escapes_as_rfc_6901)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(json_pointer_member(arena, "", "a/b~c"), "/a~1b~0c");
	ck_assert_str_eq(json_pointer_member(arena, "/x", ""), "/x/");
	ck_assert_str_eq(json_pointer_member(arena, "", "~1"), "/~01");
	ck_assert_str_eq(json_pointer_index(arena, "/x", 17), "/x/17");
}
END_TEST

START_TEST(test_pointer__appends_in_place)
{
	owned_buf struct buf pointer = { 0 };
	json_pointer_append(&pointer, "abc", 2);
	json_pointer_append(&pointer, "/", 1);
	ck_assert_str_eq(buf_str(&pointer), "/ab/~1");
}
END_TEST

UNIT_MAIN("json/pointer", test_pointer__escapes_as_rfc_6901, test_pointer__appends_in_place)
