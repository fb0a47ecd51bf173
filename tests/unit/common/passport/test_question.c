#include "passport/question.h"

#include <string.h>

#include "json/json.h"
#include "unit.h"

static const char *digest_of(const char *text, char digest[SHA256_HEX_SIZE])
{
	owned(json) struct json_object *json = NULL;
	struct err err;
	ck_assert(json_parse(text, strlen(text), &json, &err));
	ck_assert(question_digest(json, digest, &err));
	return digest;
}

START_TEST(test_question__the_digest_is_of_what_is_asked)
{
	char a[SHA256_HEX_SIZE], b[SHA256_HEX_SIZE];
	ck_assert_str_eq(digest_of("{\"a\":1,\"b\":\"x\"}", a), digest_of(" {\"b\" : \"x\", \"a\":1.0}", b));
	ck_assert_str_eq(digest_of("{\"a\":1}", a), digest_of("{\"a\":1,\"wait\":\"5s\"}", b));
	ck_assert_str_ne(digest_of("{\"a\":1}", a), digest_of("{\"a\":2}", b));
}
END_TEST

START_TEST(test_question__evaluation_ids_do_not_run_into_each_other)
{
	char a[SHA256_HEX_SIZE], b[SHA256_HEX_SIZE];
	question_evaluation_id("w", "ab", "c", "k", a);
	question_evaluation_id("w", "a", "bc", "k", b);
	ck_assert_str_ne(a, b);
	question_evaluation_id("w", "ab", "c", "k", b);
	ck_assert_str_eq(a, b);
	question_evaluation_id("w2", "ab", "c", "k", b);
	ck_assert_str_ne(a, b);
}
END_TEST

UNIT_MAIN("passport/question", test_question__the_digest_is_of_what_is_asked,
	test_question__evaluation_ids_do_not_run_into_each_other)
