#include "http/trace.h"

#include <string.h>

#include "base/own.h"
#include "unit.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

START_TEST(test_trace__keeps_a_valid_trace)
{
	static const char *const valid[] = { "00-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-00", "cc-" ID "-" SPAN "-01",
		"cc-" ID "-" SPAN "-01-more" };
	for (size_t i = 0; i < ARRAY_SIZE(valid); i++) {
		struct http_trace trace;
		http_trace_init(&trace, valid[i]);
		ck_assert_str_eq(trace.id, ID);
	}
}
END_TEST

START_TEST(test_trace__replaces_an_invalid_one)
{
	static const char *const invalid[] = { NULL, "", "00", "ff-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-01-more",
		"cc-" ID "-" SPAN "-01more", "00-00000000000000000000000000000000-" SPAN "-01",
		"00-" ID "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
		"00_" ID "-" SPAN "-01", "00-" ID "-" SPAN "-0g" };
	for (size_t i = 0; i < ARRAY_SIZE(invalid); i++) {
		struct http_trace trace;
		http_trace_init(&trace, invalid[i]);
		ck_assert_str_ne(trace.id, ID);
		ck_assert_uint_eq(strlen(trace.id), 32);
		ck_assert_uint_eq(strlen(trace.parent), 55);
	}
}
END_TEST

START_TEST(test_trace__makes_a_different_one_each_time)
{
	struct http_trace a, b;
	http_trace_init(&a, NULL);
	http_trace_init(&b, NULL);
	ck_assert_str_ne(a.id, b.id);
}
END_TEST

UNIT_MAIN("http/trace", test_trace__keeps_a_valid_trace, test_trace__replaces_an_invalid_one,
	test_trace__makes_a_different_one_each_time)
