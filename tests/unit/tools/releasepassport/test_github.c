#include "github.h"

#include <json-c/json_object.h>
#include <string.h>

#include "answers.h"
#include "json/json.h"
#include "unit.h"

typedef void escape_fn(const char *text, struct buf *out);

static void expect(escape_fn *escape, const char *text, const char *expected)
{
	owned_buf struct buf got = { 0 };
	escape(text, &got);
	ck_assert_str_eq(buf_str(&got), expected);
}

START_TEST(test_github__escapes_data)
{
	expect(github_escape_data, "100%: a,b", "100%25: a,b");
	expect(github_escape_data, "one\ntwo\r\n::error::x", "one%0Atwo%0D%0A::error::x");
	expect(github_escape_data, "%0A", "%250A");
}
END_TEST

START_TEST(test_github__escapes_properties)
{
	expect(github_escape_property, "a:b,c%\n", "a%3Ab%2Cc%25%0A");
}
END_TEST

START_TEST(test_github__escapes_markdown)
{
	expect(github_escape_markdown, "a|b", "a\\|b");
	expect(github_escape_markdown, "<img src=x>", "&#60;img src=x&#62;");
	expect(github_escape_markdown, "[x](y)\n# z", "\\[x\\]\\(y\\) \\# z");
	expect(github_escape_markdown, "`code` @all", "\\`code\\` &#64;all");
}
END_TEST

static void expect_annotation(const char *decision, const char *mode, bool enforced, const char *expected)
{
	owned(json) struct json_object *answer = NULL;
	const struct verdict verdict = verdict_make(&answer, decision, mode, enforced, "too many\nerrors", "look");
	owned_buf struct buf got = { 0 };
	github_annotations(&verdict, &got);
	ck_assert_str_eq(buf_str(&got), expected);
}

START_TEST(test_github__annotates_as_severely_as_the_mode_is)
{
	expect_annotation("HOLD", "enforce", true,
		"::error title=HOLD%3A error-rate::too many%0Aerrors (unsatisfied). Next: look\n");
	expect_annotation("HOLD", "advisory", false,
		"::warning title=HOLD%3A error-rate::too many%0Aerrors (unsatisfied). Next: look\n");
	expect_annotation("HOLD", "shadow", false,
		"::notice title=HOLD%3A error-rate::too many%0Aerrors (unsatisfied). Next: look\n");
}
END_TEST

START_TEST(test_github__outputs_are_one_line_each)
{
	owned(json) struct json_object *answer = NULL;
	struct verdict verdict = verdict_make(&answer, "BLOCK", "enforce", true, "x", NULL);
	owned_buf struct buf got = { 0 };
	verdict.passport_id = "pp_1\ndecision=ALLOW";
	github_outputs(&verdict, &got);
	ck_assert_str_eq(
		buf_str(&got), "decision=BLOCK\npassport-id=pp_1 decision=ALLOW\nmode=enforce\nexit-code=12\n");
}
END_TEST

START_TEST(test_github__summary_names_decision_and_rules)
{
	owned(json) struct json_object *answer = NULL;
	const struct verdict verdict = verdict_make(&answer, "BLOCK", "shadow", false, "a|b", "look");
	owned_buf struct buf got = { 0 };
	github_summary(&verdict, "https://gate.example", &got);
	ck_assert_ptr_nonnull(strstr(buf_str(&got), "### Release Passport: BLOCK\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&got), "| error\\-rate | BLOCK | unsatisfied | a\\|b | look |\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&got), "shadow: recorded, nothing is stopped. Confidence 82 %."));
}
END_TEST

UNIT_MAIN("releasepassport/github", test_github__escapes_data, test_github__escapes_properties,
	test_github__escapes_markdown, test_github__annotates_as_severely_as_the_mode_is,
	test_github__outputs_are_one_line_each, test_github__summary_names_decision_and_rules)
