/*
 * What every unit test program shares: one test case that runs a table of tests, and a main.
 * A program says UNIT_MAIN("json/scan", tests) once, where tests is an array of check's test functions.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <check.h>
#include <stdlib.h>

#define UNIT_MAIN(name, tests)                                                                             \
	int main(void)                                                                                     \
	{                                                                                                  \
		Suite *suite = suite_create(name);                                                         \
		TCase *tcase = tcase_create(name);                                                         \
		for (size_t i = 0; i < sizeof(tests) / sizeof((tests)[0]); i++)                            \
			tcase_add_test(tcase, (tests)[i]);                                                 \
		suite_add_tcase(suite, tcase);                                                             \
		SRunner *runner = srunner_create(suite);                                                   \
		srunner_run_all(runner, CK_NORMAL);                                                        \
		int failed = srunner_ntests_failed(runner);                                                \
		srunner_free(runner);                                                                      \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                          \
	}

#endif
