#include "failures.h"

#include "unit.h"

START_TEST(test_failures__tells_why_in_the_same_workspace_only)
{
	struct failures *failures = failures_create();
	failures_add(failures, "e1", "default", "no answer", 0);
	ck_assert_str_eq(failures_detail(failures, "e1", "default", 1), "no answer");
	ck_assert_ptr_null(failures_detail(failures, "e1", "other", 1));
	ck_assert_ptr_null(failures_detail(failures, "e2", "default", 1));
	failures_destroy(failures);
}
END_TEST

START_TEST(test_failures__forgets_what_began_again_and_what_is_old)
{
	struct failures *failures = failures_create();
	failures_add(failures, "e1", "default", "one", 0);
	failures_add(failures, "e2", "default", "two", 0);
	failures_forget(failures, "e1");
	ck_assert_ptr_null(failures_detail(failures, "e1", "default", 1));
	ck_assert_ptr_nonnull(failures_detail(failures, "e2", "default", FAILURES_LIFE_US));
	ck_assert_ptr_null(failures_detail(failures, "e2", "default", FAILURES_LIFE_US + 1));
	failures_destroy(failures);
}
END_TEST

UNIT_MAIN("api-gateway/failures", test_failures__tells_why_in_the_same_workspace_only,
	test_failures__forgets_what_began_again_and_what_is_old)
