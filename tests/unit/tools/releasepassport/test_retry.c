#include "retry.h"

#include "unit.h"

/* The shortest and the longest pause that chance can make of it. */
static void expect(unsigned attempts, int64_t shortest_ms, int64_t longest_ms)
{
	int64_t least = INT64_MAX, most = 0;
	for (uint32_t random = 0; random < 6000; random++) {
		const int64_t delay_ms = retry_delay_ms(attempts, -1, random);
		least = delay_ms < least ? delay_ms : least;
		most = delay_ms > most ? delay_ms : most;
	}
	ck_assert_int_eq(least, shortest_ms);
	ck_assert_int_eq(most, longest_ms);
}

START_TEST(test_retry__pauses_double_up_to_five_seconds)
{
	expect(1, 125, 250);
	expect(2, 250, 500);
	expect(3, 500, 1000);
	expect(4, 1000, 2000);
	expect(5, 2000, 4000);
	expect(6, 2500, 5000);
	expect(7, 2500, 5000);
	expect(4000000000U, 2500, 5000);
}
END_TEST

START_TEST(test_retry__never_comes_before_it_is_asked_to)
{
	ck_assert_int_eq(retry_delay_ms(1, 2000, 0), 2000);
	ck_assert_int_eq(retry_delay_ms(1, 90000, 7), 90000);
	ck_assert_int_ge(retry_delay_ms(9, 100, 7), 2500);
}
END_TEST

START_TEST(test_retry__has_no_time_left_at_its_end)
{
	const struct retry over = retry_begin(0), begun = retry_begin(60000);
	ck_assert_int_eq(retry_left_ms(&over), 0);
	ck_assert_int_gt(retry_left_ms(&begun), 59000);
	ck_assert_int_le(retry_left_ms(&begun), 60000);
}
END_TEST

UNIT_MAIN("releasepassport/retry", test_retry__pauses_double_up_to_five_seconds,
	test_retry__never_comes_before_it_is_asked_to, test_retry__has_no_time_left_at_its_end)
