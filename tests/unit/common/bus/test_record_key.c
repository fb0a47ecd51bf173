#include "bus/record_key.h"

#include <string.h>

#include "unit.h"

START_TEST(test_record_key__names_workspace_service_and_environment)
{
	char key[RECORD_KEY_SIZE];
	ck_assert_str_eq(record_key("default", "checkout", "production", key), "default/checkout/production");
	ck_assert(record_key_is(key, "default", "checkout", "production"));
	ck_assert(!record_key_is(key, "default", "checkout", "staging"));
	ck_assert(!record_key_is("", "default", "checkout", "production"));
}
END_TEST

START_TEST(test_record_key__a_key_that_was_cut_is_none)
{
	char key[RECORD_KEY_SIZE], service[RECORD_KEY_SIZE];
	memset(service, 'a', sizeof(service));
	service[sizeof(service) - 1] = '\0';
	record_key("default", service, "production", key);
	ck_assert_uint_eq(strlen(key), RECORD_KEY_SIZE - 1);
	ck_assert(!record_key_is(key, "default", service, "production"));
}
END_TEST

UNIT_MAIN("bus/record_key", test_record_key__names_workspace_service_and_environment,
	test_record_key__a_key_that_was_cut_is_none)
