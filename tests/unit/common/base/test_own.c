#include "base/own.h"

#include <stdlib.h>

#include "unit.h"

struct counted {
	int *destroyed;
};

static void counted_destroy(struct counted *c)
{
	++*c->destroyed;
}
OWNED_DEFINE(counted, struct counted, counted_destroy);

START_TEST(test_own__destroys_at_the_end_of_the_block)
{
	int destroyed = 0;
	struct counted c = { &destroyed };
	{
		owned(counted) struct counted *p = &c;
		ck_assert_ptr_nonnull(p);
	}
	ck_assert_int_eq(destroyed, 1);
	{
		owned(counted) struct counted *p = NULL;
		ck_assert_ptr_null(p);
	}
	ck_assert_int_eq(destroyed, 1);
}
END_TEST

START_TEST(test_own__take_hands_over)
{
	int destroyed = 0;
	struct counted c = { &destroyed }, *kept;
	{
		owned(counted) struct counted *p = &c;
		kept = take(p);
		ck_assert_ptr_null(p);
	}
	ck_assert_int_eq(destroyed, 0);
	ck_assert_ptr_eq(kept, &c);
}
END_TEST

START_TEST(test_own__memory_is_zeroed_and_copied)
{
	owned(mem) unsigned char *zeros = mem_zalloc(10, 10);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(zeros[i], 0);
	owned(mem) char *copy = mem_dup("a\0b", 4);
	ck_assert_mem_eq(copy, "a\0b", 4);
	owned(mem) char *text = mem_strdup("passport");
	ck_assert_str_eq(text, "passport");
}
END_TEST

UNIT_MAIN("base/own", test_own__destroys_at_the_end_of_the_block, test_own__take_hands_over,
	test_own__memory_is_zeroed_and_copied)
