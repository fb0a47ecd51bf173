/*
 * What every unit test program shares: a main that runs the tests named.
 *
 *	START_TEST(test_scan__refuses_duplicate_names) { ... } END_TEST
 *	UNIT_MAIN("json/scan", test_scan__refuses_duplicate_names, test_scan__accepts_null)
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <check.h>
#include <stddef.h>
#include <stdlib.h>

/* Runs the tests as one suite; returns the exit status of the program. */
static inline int unit_run(const char *name, const TTest **tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_MAIN(name, ...)                                                                   \
	int main(void)                                                                         \
	{                                                                                      \
		const TTest *unit_tests[] = { __VA_ARGS__ };                                   \
		return unit_run(name, unit_tests, sizeof(unit_tests) / sizeof(unit_tests[0])); \
	}

#endif
