#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

START_TEST(test_arena__memory_is_zeroed_and_aligned)
{
	owned(arena) struct arena *arena = arena_create();
	for (size_t size = 1; size < 9000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(arena, size);
		ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
}
END_TEST

START_TEST(test_arena__objects_do_not_overlap)
{
	owned(arena) struct arena *arena = arena_create();
	char *texts[500];
	for (size_t i = 0; i < 500; i++)
		texts[i] = arena_printf(arena, "text %zu", i);
	/* A large object must not disturb the block that is being filled. */
	memset(arena_array(arena, 100, 100), 0xff, 10000);
	for (size_t i = 0; i < 500; i++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "text %zu", i);
		ck_assert_str_eq(texts[i], expected);
	}
}
END_TEST

START_TEST(test_arena__strndup_cuts_and_terminates)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(arena_strndup(arena, "passport", 4), "pass");
	ck_assert_str_eq(arena_strdup(arena, ""), "");
	ck_assert_mem_eq(arena_strndup(arena, "a\0b", 3), "a\0b", 4);
}
END_TEST

START_TEST(test_arena__counts_what_it_handed_out)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert_uint_eq(arena_used_bytes(arena), 0);
	arena_alloc(arena, 100);
	size_t used = arena_used_bytes(arena);
	ck_assert_uint_ge(used, 100);
	arena_alloc(arena, 100000);
	ck_assert_uint_ge(arena_used_bytes(arena), used + 100000);
}
END_TEST

static char order[3];

static void note(void *p)
{
	strncat(order, p, 1);
}

START_TEST(test_arena__deferred_calls_run_last_first)
{
	struct arena *arena = arena_create();
	order[0] = '\0';
	arena_defer(arena, note, arena_strdup(arena, "1"));
	arena_defer(arena, note, arena_strdup(arena, "2"));
	arena_destroy(arena);
	ck_assert_str_eq(order, "21");
	arena_destroy(NULL);
}
END_TEST

UNIT_MAIN("base/arena", test_arena__memory_is_zeroed_and_aligned, test_arena__objects_do_not_overlap,
	test_arena__strndup_cuts_and_terminates, test_arena__counts_what_it_handed_out,
	test_arena__deferred_calls_run_last_first)
