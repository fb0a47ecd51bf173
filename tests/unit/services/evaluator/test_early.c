#include "early.h"

#include <string.h>

#include "base/buf.h"
#include "unit.h"

static void collect(const void *body, size_t len, void *arg)
{
	buf_append(arg, body, len);
}

static const char *taken(struct early *early, const char *id, int64_t now_us, struct buf *out)
{
	buf_truncate(out, 0);
	early_take(early, id, now_us, collect, out);
	return buf_str(out);
}

START_TEST(test_early__gives_each_fact_once_and_in_order)
{
	struct early *early = early_create();
	owned_buf struct buf out = { 0 };
	early_add(early, "a", "1", 1, 0);
	early_add(early, "b", "x", 1, 0);
	early_add(early, "a", "2", 1, 0);
	ck_assert_str_eq(taken(early, "a", 1, &out), "12");
	ck_assert_str_eq(taken(early, "a", 1, &out), "");
	early_add(early, "a", "3", 1, 0);
	ck_assert_str_eq(taken(early, "b", 1, &out), "x");
	ck_assert_str_eq(taken(early, "a", 1, &out), "3");
	early_destroy(early);
}
END_TEST

START_TEST(test_early__forgets_after_five_seconds)
{
	struct early *early = early_create();
	owned_buf struct buf out = { 0 };
	early_add(early, "a", "1", 1, 0);
	ck_assert_str_eq(taken(early, "a", EARLY_LIFE_US + 1, &out), "");
	early_destroy(early);
}
END_TEST

START_TEST(test_early__keeps_its_memory_bounded)
{
	struct early *early = early_create();
	owned_buf struct buf out = { 0 };
	char *block = mem_zalloc(1, EARLY_MAX_BYTES / 2);
	early_add(early, "old", block, EARLY_MAX_BYTES / 2, 0);
	early_add(early, "a", block, EARLY_MAX_BYTES / 2, 0);
	early_add(early, "b", "1", 1, 0);
	ck_assert_uint_eq((taken(early, "old", 0, &out), out.len), 0);
	ck_assert_uint_eq((taken(early, "a", 0, &out), out.len), EARLY_MAX_BYTES / 2);
	ck_assert_str_eq(taken(early, "b", 0, &out), "1");
	free(block);
	early_destroy(early);
}
END_TEST

UNIT_MAIN("evaluator/early", test_early__gives_each_fact_once_and_in_order, test_early__forgets_after_five_seconds,
	test_early__keeps_its_memory_bounded)
