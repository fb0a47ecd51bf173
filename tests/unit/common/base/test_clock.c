#include "base/clock.h"

#include <string.h>

#include "unit.h"

START_TEST(test_clock__formats_rfc_3339)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ INT64_C(1779012720000000), "2026-05-17T10:12:00Z" },
		{ INT64_C(1779012720007000), "2026-05-17T10:12:00.007Z" },
		{ INT64_C(1779012720007001), "2026-05-17T10:12:00.007001Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ INT64_C(-62135596800000000), "0001-01-01T00:00:00Z" },
		{ INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[CLOCK_RFC3339_SIZE];
		ck_assert_str_eq(clock_format(cases[i].us, text), cases[i].text);
		int64_t back;
		ck_assert(clock_parse(text, strlen(text), &back, NULL));
		ck_assert_int_eq(back, cases[i].us);
	}
}
END_TEST

START_TEST(test_clock__parses_every_form_of_rfc_3339)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
		{ "1985-04-12T23:20:50.52Z", INT64_C(482196050520000) },
		{ "1996-12-19T16:39:57-08:00", INT64_C(851042397000000) },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01T01:30:00+01:30", 0 },
		{ "1970-01-01T00:00:00.0000019Z", 1 },
		{ "2024-02-29T00:00:00Z", INT64_C(1709164800000000) },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t us = -1;
		ck_assert_msg(clock_parse(cases[i].text, strlen(cases[i].text), &us, NULL), "%s", cases[i].text);
		ck_assert_int_eq(us, cases[i].us);
	}
}
END_TEST

START_TEST(test_clock__refuses_what_is_no_time)
{
	static const char *const bad[] = { "", "2026-05-17", "2026-05-17T10:12:00", "2026-05-17 10:12:00Z",
		"2026-05-17T10:12:00.Z", "2026-05-17T10:12Z", "2026-13-17T10:12:00Z", "2026-02-29T10:12:00Z",
		"2026-04-31T10:12:00Z", "2026-05-17T24:00:00Z", "2026-05-17T10:60:00Z", "2016-12-31T23:59:60Z",
		"2026-05-17T10:12:00+24:00", "2026-05-17T10:12:00+0100", "2026-05-17T10:12:00Zx",
		"0000-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01",
		"-026-05-17T10:12:00Z", " 2026-05-17T10:12:00Z" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int64_t us = 42;
		struct err err = { 0 };
		ck_assert_msg(!clock_parse(bad[i], strlen(bad[i]), &us, &err), "accepted %s", bad[i]);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_int_eq(us, 42);
	}
}
END_TEST

START_TEST(test_clock__reads_durations)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = { { "0s", 0 }, { "250ms", 250 }, { "90s", 90000 }, { "1h30m", 5400000 }, { "7d", 604800000 },
		{ "1m500ms", 60500 }, { "1d1h1m1s1ms", 90061001 } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ms = -1;
		ck_assert_msg(
			clock_parse_duration(cases[i].text, strlen(cases[i].text), &ms, NULL), "%s", cases[i].text);
		ck_assert_int_eq(ms, cases[i].ms);
	}
}
END_TEST

START_TEST(test_clock__refuses_what_is_no_duration)
{
	static const char *const bad[] = { "", "5", "s", "-5s", "+5s", "1.5h", "5 s", "5w", "1h30", "9999999999999s",
		"999999999999d999999999999d", "5S" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int64_t ms = 42;
		struct err err = { 0 };
		ck_assert_msg(!clock_parse_duration(bad[i], strlen(bad[i]), &ms, &err), "accepted %s", bad[i]);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_int_eq(ms, 42);
	}
}
END_TEST

START_TEST(test_clock__describes_for_people)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = { { 0, "0 milliseconds" }, { 1, "1 millisecond" }, { 340, "340 milliseconds" },
		{ 1000, "1 second" }, { 7 * 60000 + 59999, "7 minutes" }, { 3600000, "1 hour" },
		{ 2 * 86400000 + 1, "2 days" } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[40];
		ck_assert_str_eq(clock_describe(cases[i].ms, text, sizeof(text)), cases[i].text);
	}
}
END_TEST

START_TEST(test_clock__mono_never_steps_back)
{
	int64_t before = clock_mono_us();
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_us();
		ck_assert_int_ge(now, before);
		before = now;
	}
	/* After 2020 and in microseconds. */
	ck_assert_int_gt(clock_now_us(), INT64_C(1577836800000000));
}
END_TEST

UNIT_MAIN("base/clock", test_clock__formats_rfc_3339, test_clock__parses_every_form_of_rfc_3339,
	test_clock__refuses_what_is_no_time, test_clock__reads_durations, test_clock__refuses_what_is_no_duration,
	test_clock__describes_for_people, test_clock__mono_never_steps_back)
