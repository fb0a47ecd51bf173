#include "recent.h"

#include "unit.h"

START_TEST(test_recent__knows_for_its_life)
{
	struct recent *recent = recent_create();
	recent_add(recent, "a", 0);
	recent_add(recent, "b", 10);
	ck_assert(recent_has(recent, "a", RECENT_LIFE_US));
	ck_assert(!recent_has(recent, "a", RECENT_LIFE_US + 1));
	ck_assert(recent_has(recent, "b", RECENT_LIFE_US + 1));
	ck_assert(!recent_has(recent, "c", 0));
	recent_destroy(recent);
}
END_TEST

START_TEST(test_recent__tells_prefixes_apart)
{
	struct recent *recent = recent_create();
	recent_add(recent, "evaluation", 0);
	ck_assert(!recent_has(recent, "evaluatio", 0));
	ck_assert(!recent_has(recent, "evaluation2", 0));
	recent_destroy(recent);
}
END_TEST

UNIT_MAIN("evaluator/recent", test_recent__knows_for_its_life, test_recent__tells_prefixes_apart)
