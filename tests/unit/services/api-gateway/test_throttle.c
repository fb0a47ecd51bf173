#include "throttle.h"

#include <stdio.h>

#include "unit.h"

#define SECOND INT64_C(1000000)

START_TEST(test_throttle__limits_one_address_and_no_other)
{
	struct throttle *throttle = throttle_create();
	for (int i = 0; i < THROTTLE_BURST; i++) {
		ck_assert(throttle_allows(throttle, "192.0.2.1", 0));
		throttle_failed(throttle, "192.0.2.1", 0);
	}
	ck_assert(!throttle_allows(throttle, "192.0.2.1", 0));
	ck_assert(throttle_allows(throttle, "192.0.2.2", 0));
	throttle_destroy(throttle);
}
END_TEST

START_TEST(test_throttle__fills_up_again)
{
	struct throttle *throttle = throttle_create();
	for (int i = 0; i < THROTTLE_BURST; i++)
		throttle_failed(throttle, "192.0.2.1", 0);
	ck_assert(!throttle_allows(throttle, "192.0.2.1", SECOND / THROTTLE_PER_SECOND - 1));
	ck_assert(throttle_allows(throttle, "192.0.2.1", SECOND / THROTTLE_PER_SECOND));
	throttle_failed(throttle, "192.0.2.1", SECOND / THROTTLE_PER_SECOND);
	ck_assert(!throttle_allows(throttle, "192.0.2.1", SECOND / THROTTLE_PER_SECOND));
	throttle_destroy(throttle);
}
END_TEST

START_TEST(test_throttle__keeps_its_memory_bounded)
{
	struct throttle *throttle = throttle_create();
	char address[48];
	for (int i = 0; i < THROTTLE_BURST; i++)
		throttle_failed(throttle, "192.0.2.1", 0);
	for (int i = 0; i < THROTTLE_ADDRESSES_MAX; i++) {
		snprintf(address, sizeof(address), "2001:db8::%x", (unsigned)i);
		throttle_failed(throttle, address, 0);
	}
	ck_assert(throttle_allows(throttle, "192.0.2.1", 0)); /* the oldest was forgotten */
	throttle_destroy(throttle);
}
END_TEST

UNIT_MAIN("api-gateway/throttle", test_throttle__limits_one_address_and_no_other, test_throttle__fills_up_again,
	test_throttle__keeps_its_memory_bounded)
