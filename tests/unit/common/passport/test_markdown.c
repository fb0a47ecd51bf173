#include "passport/markdown.h"

#include <string.h>

#include "json/json.h"
#include "sample.h"
#include "unit.h"

static struct buf markdown_of(const Rp__V1__Verdict *verdict)
{
	owned(json) struct json_object *tree = sample_tree(verdict);
	struct buf text = { 0 };
	markdown_from_statement(tree, &text);
	return text;
}

static void has(const struct buf *text, const char *part)
{
	ck_assert_msg(strstr(buf_str(text), part) != NULL, "there is no \"%s\" in:\n%s", part, buf_str(text));
}

START_TEST(test_markdown__the_verdict_comes_first)
{
	owned_buf struct buf text = markdown_of(sample_verdict());
	ck_assert_int_eq(
		strncmp(text.data, "# HOLD: checkout-api 2.18.4 to production\n\nThis stops the pipeline", 66), 0);
	has(&text, "1 of 2 rules are satisfied.");
	has(&text, "| error-rate | HOLD | stale | error rate was last seen 7 minutes ago, allowed are 2 | check the "
		   "Prometheus "
		   "connector |");
	has(&text, "| Artifact | " SAMPLE_ARTIFACT " |");
	has(&text, "| Roll back to (verified) | sha256:dddd");
	has(&text, "| smoke | ok | ingested | - | smoke | 2026-05-17T10:10:09.123456Z | 42 checks |");
	has(&text, "| scan | missing | - | - | - | - | - |");
	has(&text, "| Confidence | 25 percent |");
	ck_assert_ptr_null(strstr(text.data, "Canary"));
}
END_TEST

START_TEST(test_markdown__shadow_does_not_stop)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->binding->mode = RP__V1__MODE__MODE_SHADOW;
	owned_buf struct buf text = markdown_of(verdict);
	has(&text, "This does not stop the pipeline (mode shadow");
}
END_TEST

START_TEST(test_markdown__lists_the_canary)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY;
	owned_buf struct buf text = markdown_of(verdict);
	has(&text, "# ALLOW_WITH_CANARY: ");
	has(&text, "1. 10 percent, then 5 minutes");
}
END_TEST

START_TEST(test_markdown__texts_bring_no_markup)
{
	static char evil[] = "| x |\n# ok <img src=a> [a](b) `c` *d* ![e](f) @all _g_ h_i";
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->rules[1]->text = evil;
	verdict->release->version = evil;
	owned_buf struct buf text = markdown_of(verdict);
	has(&text, "\\| x \\| \\# ok \\<img src=a\\> \\[a\\](b) \\`c\\` \\*d\\* \\!\\[e\\](f) \\@all \\_g\\_ h_i");
	ck_assert_ptr_null(strstr(text.data, "\n# ok"));
}
END_TEST

START_TEST(test_markdown__says_what_there_is_of_an_unknown_predicate)
{
	static const char bare[] = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicate\":{},"
				   "\"predicateType\":\"https://releasepassport.dev/passport/v1\"}";
	owned(json) struct json_object *tree = NULL;
	owned_buf struct buf text = { 0 };
	ck_assert(statement_parse(bare, strlen(bare), &tree, NULL));
	markdown_from_statement(tree, &text);
	ck_assert_int_eq(strncmp(text.data, "# -: - to -\n", 12), 0);
}
END_TEST

UNIT_MAIN("passport/markdown", test_markdown__the_verdict_comes_first, test_markdown__shadow_does_not_stop,
	test_markdown__lists_the_canary, test_markdown__texts_bring_no_markup,
	test_markdown__says_what_there_is_of_an_unknown_predicate)
