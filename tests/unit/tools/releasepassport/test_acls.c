#include "acls.h"

#include <string.h>

#include "json/json.h"
#include "passport/member.h"
#include "unit.h"

static size_t count(const char *principal, const char *resource, const char *operation)
{
	owned(json) struct json_object *list = acls_list();
	size_t found = 0;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const struct json_object *acl = json_object_array_get_idx(list, i);
		if (strcmp(member_text(acl, "principal"), principal) == 0 &&
			strcmp(member_text(acl, "resourceName"), resource) == 0 &&
			strcmp(member_text(acl, "operation"), operation) == 0)
			found++;
	}
	return found;
}

START_TEST(test_acls__are_the_rows_of_the_table)
{
	ck_assert_uint_eq(count("User:api-gateway", "releasepassport.gate-requests", "Write"), 1);
	ck_assert_uint_eq(count("User:evaluator", "releasepassport.gate-requests", "Read"), 1);
	ck_assert_uint_eq(count("User:evaluator", "releasepassport.gate-requests", "Describe"), 1);
	ck_assert_uint_eq(count("User:evaluator", "releasepassport.evaluator", "Read"), 1);
	ck_assert_uint_eq(count("User:connector-worker", "releasepassport.dead-letters", "Write"), 1);
}
END_TEST

START_TEST(test_acls__give_nothing_else)
{
	ck_assert_uint_eq(count("User:connector-worker", "releasepassport.verdicts", "Write"), 0);
	ck_assert_uint_eq(count("User:api-gateway", "releasepassport.passports", "Write"), 0);
	ck_assert_uint_eq(count("User:evaluator", "releasepassport.passports", "Write"), 0);
	ck_assert_uint_eq(count("User:api-gateway", "releasepassport.gate-requests", "Read"), 0);
}
END_TEST

START_TEST(test_acls__commands_name_each)
{
	owned(json) struct json_object *list = acls_list();
	owned_buf struct buf text = { 0 };
	size_t lines = 0;
	acls_commands(list, &text);
	for (const char *c = buf_str(&text); *c != '\0'; c++)
		lines += *c == '\n';
	ck_assert_uint_eq(lines, json_object_array_length(list));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "--allow-principal User:signer --operation Read "
						     "--group releasepassport.signer\n"));
}
END_TEST

UNIT_MAIN("releasepassport/acls", test_acls__are_the_rows_of_the_table, test_acls__give_nothing_else,
	test_acls__commands_name_each)
