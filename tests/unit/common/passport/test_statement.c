#include "passport/statement.h"

#include <json-c/json_pointer.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "json/json.h"
#include "passport/member.h"
#include "sample.h"
#include "unit.h"

/* The text of the value at a JSON pointer as the wire has it; "absent" if there is none. */
static const char *at(struct json_object *tree, const char *pointer)
{
	static struct buf text;
	struct json_object *value;
	buf_finish(&text);
	if (json_pointer_get(tree, pointer, &value) != 0)
		return "absent";
	json_text(value, false, &text);
	return text.data;
}

struct expected {
	const char *pointer, *text;
};

static void check(struct json_object *tree, const struct expected *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = at(tree, rows[i].pointer);
		ck_assert_msg(strcmp(text, rows[i].text) == 0, "%s is %s, not %s", rows[i].pointer, text, rows[i].text);
	}
}

START_TEST(test_statement__is_an_in_toto_statement_and_nothing_more)
{
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	static const struct expected rows[] = {
		{ "/_type", "\"https://in-toto.io/Statement/v1\"" },
		{ "/predicateType", "\"https://releasepassport.dev/passport/v1\"" },
		{ "/subject/0/name", "\"registry.example/checkout-api\"" },
		{ "/subject/0/digest",
			"{\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}" },
		{ "/subject/1/name", "\"git+" SAMPLE_SHA "\"" },
		{ "/subject/1/digest", "{\"gitCommit\":\"" SAMPLE_SHA "\"}" },
		{ "/subject/2", "absent" },
	};
	check(tree, rows, ARRAY_SIZE(rows));
	ck_assert_int_eq(json_object_object_length(tree), 4);
}
END_TEST

START_TEST(test_statement__predicate_says_what_was_decided)
{
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	char id[ID_SIZE], quoted[ID_SIZE + 2];
	snprintf(quoted, sizeof(quoted), "\"%s\"", passport_id(SAMPLE_EVALUATION, SAMPLE_DECIDED_US, id));
	const struct expected rows[] = {
		{ "/passportId", quoted },
		{ "/evaluationId", "\"" SAMPLE_EVALUATION "\"" },
		{ "/requestDigest", "\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"" },
		{ "/workspace", "\"acme\"" },
		{ "/decision", "\"HOLD\"" },
		{ "/mode", "\"enforce\"" },
		{ "/modeReason", "\"binding\"" },
		{ "/threshold", "\"REQUIRE_APPROVAL\"" },
		{ "/enforced", "true" },
		{ "/confidence", "25" },
		{ "/canary", "null" },
		{ "/rollback/verified", "true" },
		{ "/rollback/passportId", "\"pp_last\"" },
		{ "/policy/name", "\"production\"" },
		{ "/policy/version", "\"7\"" },
		{ "/policy/sha256", "\"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"" },
		{ "/approvals", "[{\"class\":\"claimed\",\"environment\":\"production\",\"system\":\"github\"}]" },
		{ "/waivers", "[]" },
		{ "/freezes", "[]" },
		{ "/actor", "{\"creator\":\"alice\",\"kind\":\"pipeline\",\"subject\":\"ci/"
			    "checkout\",\"tokenId\":\"tok_1\"}" },
		{ "/release/service", "\"checkout-api\"" },
		{ "/release/environment", "\"production\"" },
		{ "/release/namespace", "\"apps-checkout\"" },
		{ "/release/releaseId", "\"gh-123456\"" },
		{ "/release/version", "\"2.18.4\"" },
		{ "/release/sourceSha", "\"" SAMPLE_SHA "\"" },
		{ "/release/artifact", "\"" SAMPLE_ARTIFACT "\"" },
		{ "/release/repository", "\"registry.example/checkout-api\"" },
		{ "/timestamps/requested", "\"2026-05-17T10:10:10.023456Z\"" },
		{ "/timestamps/evidenceComplete", "\"2026-05-17T10:10:10.122456Z\"" },
		{ "/timestamps/decided", "\"2026-05-17T10:10:10.123456Z\"" },
		{ "/timestamps/signed", "\"2026-05-17T10:10:10.128456Z\"" },
		{ "/retryAfter", "\"2026-05-17T10:12:10.123456Z\"" },
		{ "/validUntil", "\"2026-05-18T10:10:10.123456Z\"" },
		{ "/keyId", "\"key\"" },
	};
	check(statement_predicate(tree), rows, ARRAY_SIZE(rows));
	ck_assert_int_eq(json_object_object_length(statement_predicate(tree)), 24);
}
END_TEST

START_TEST(test_statement__reasons_hold_every_rule)
{
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	static const struct expected rows[] = {
		{ "/reasons/0/rule", "\"smoke\"" },
		{ "/reasons/0/outcome", "\"ALLOW\"" },
		{ "/reasons/0/status", "\"satisfied\"" },
		{ "/reasons/0/text", "null" },
		{ "/reasons/0/nextAction", "null" },
		{ "/reasons/0/waiver", "null" },
		{ "/reasons/1/rule", "\"error-rate\"" },
		{ "/reasons/1/outcome", "\"HOLD\"" },
		{ "/reasons/1/status", "\"stale\"" },
		{ "/reasons/1/text", "\"error rate was last seen 7 minutes ago, allowed are 2\"" },
		{ "/reasons/1/nextAction", "\"check the Prometheus connector\"" },
		{ "/reasons/1/weight", "3" },
		{ "/reasons/1/milder", "false" },
		{ "/reasons/2", "absent" },
	};
	check(statement_predicate(tree), rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_statement__evidence_says_what_was_seen_and_what_was_not)
{
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	char digest[SHA256_HEX_SIZE], quoted[SHA256_HEX_SIZE + 2];
	snprintf(quoted, sizeof(quoted), "\"%s\"", sha256_hex("{\"status\":\"passed\"}", 19, digest));
	const struct expected rows[] = {
		{ "/evidence/0/name", "\"smoke\"" },
		{ "/evidence/0/class", "\"ingested\"" },
		{ "/evidence/0/type", "\"smoke\"" },
		{ "/evidence/0/connector", "null" },
		{ "/evidence/0/status", "\"ok\"" },
		{ "/evidence/0/observedAt", "\"2026-05-17T10:10:09.123456Z\"" },
		{ "/evidence/0/ageMs", "1000" },
		{ "/evidence/0/sha256", quoted },
		{ "/evidence/0/detail", "\"42 checks\"" },
		{ "/evidence/1/class", "\"observed\"" },
		{ "/evidence/1/connector", "\"prometheus\"" },
		{ "/evidence/1/status", "\"stale\"" },
		{ "/evidence/1/sha256", "null" },
		{ "/evidence/2/name", "\"scan\"" },
		{ "/evidence/2/status", "\"missing\"" },
		{ "/evidence/2/class", "null" },
		{ "/evidence/2/observedAt", "null" },
		{ "/evidence/2/ageMs", "null" },
		{ "/evidence/2/detail", "null" },
		{ "/evidence/3", "absent" },
	};
	check(statement_predicate(tree), rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_statement__canary_only_with_its_decision)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY;
	owned(json) struct json_object *tree = sample_tree(verdict);
	static const struct expected rows[] = {
		{ "/decision", "\"ALLOW_WITH_CANARY\"" },
		{ "/enforced", "false" },
		{ "/canary", "{\"steps\":[{\"pauseMs\":300000,\"watch\":[\"errorRate\"],\"weight\":10}]}" },
	};
	check(statement_predicate(tree), rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_statement__shadow_never_enforces)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->decision = RP__V1__DECISION__DECISION_BLOCK;
	verdict->binding->mode = RP__V1__MODE__MODE_SHADOW;
	owned(json) struct json_object *tree = sample_tree(verdict);
	ck_assert_str_eq(at(statement_predicate(tree), "/enforced"), "false");
}
END_TEST

START_TEST(test_statement__one_subject_will_do)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	static char empty[] = "";
	verdict->release->artifact_repository = empty;
	verdict->release->source_sha = empty;
	owned(json) struct json_object *artifact = sample_tree(verdict);
	ck_assert_str_eq(at(artifact, "/subject/0/name"), "\"checkout-api\"");
	ck_assert_str_eq(at(artifact, "/subject/1"), "absent");
	ck_assert_str_eq(at(artifact, "/predicate/release/sourceSha"), "null");

	verdict = sample_verdict();
	verdict->release->artifact_digest = empty;
	owned(json) struct json_object *commit = sample_tree(verdict);
	ck_assert_str_eq(at(commit, "/subject/0/digest"), "{\"gitCommit\":\"" SAMPLE_SHA "\"}");
	ck_assert_str_eq(at(commit, "/subject/1"), "absent");
	ck_assert_str_eq(at(commit, "/predicate/release/artifact"), "null");
}
END_TEST

START_TEST(test_statement__large_numbers_go_as_text)
{
	Rp__V1__Verdict *verdict = sample_verdict();
	verdict->facts[0]->age_ms = INT64_C(9007199254740993);
	owned(json) struct json_object *tree = sample_tree(verdict);
	ck_assert_str_eq(at(tree, "/predicate/evidence/0/ageMs"), "\"9007199254740993\"");
}
END_TEST

START_TEST(test_statement__is_the_same_for_the_same_verdict)
{
	owned_buf struct buf one = { 0 }, again = { 0 };
	sample_statement(sample_verdict(), "key", &one);
	sample_statement(sample_verdict(), "key", &again);
	ck_assert_str_eq(one.data, again.data);
	/* Canonical: writing the tree canonically changes nothing. */
	owned(json) struct json_object *tree = sample_tree(sample_verdict());
	owned_buf struct buf canonical = { 0 };
	ck_assert(json_canonical(tree, &canonical, NULL));
	ck_assert_str_eq(canonical.data, one.data);
}
END_TEST

static void refuse(const Rp__V1__Verdict *verdict, int64_t valid_until_us, const char *why)
{
	const struct statement_signing signing = { "pp_1", "key", SAMPLE_SIGNED_US, valid_until_us };
	owned_buf struct buf out = { 0 };
	struct err err = { 0 };
	ck_assert_msg(!statement_build(verdict, &signing, &out, &err), "built, should be refused: %s", why);
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_msg(strstr(err.text, why) != NULL, "\"%s\" does not say \"%s\"", err.text, why);
	ck_assert_uint_eq(out.len, 0);
}

START_TEST(test_statement__refuses_what_is_no_verdict)
{
	static char empty[] = "", other[] = "sha256:AAAA";
	Rp__V1__Verdict *v = sample_verdict();
	refuse(v, SAMPLE_SIGNED_US, "don't follow");
	v->release = NULL;
	refuse(v, SAMPLE_VALID_UNTIL_US, "lacks release");
	v = sample_verdict(), v->actor = NULL;
	refuse(v, SAMPLE_VALID_UNTIL_US, "lacks release");
	v = sample_verdict(), v->decision = (Rp__V1__Decision)0;
	refuse(v, SAMPLE_VALID_UNTIL_US, "not known");
	v = sample_verdict(), v->decision = (Rp__V1__Decision)7;
	refuse(v, SAMPLE_VALID_UNTIL_US, "not known");
	v = sample_verdict(), v->binding->threshold = (Rp__V1__Decision)0;
	refuse(v, SAMPLE_VALID_UNTIL_US, "not known");
	v = sample_verdict(), v->binding->mode = (Rp__V1__Mode)4;
	refuse(v, SAMPLE_VALID_UNTIL_US, "not known");
	v = sample_verdict(), v->rules[1]->outcome = (Rp__V1__Decision)0;
	refuse(v, SAMPLE_VALID_UNTIL_US, "error-rate");
	v = sample_verdict(), v->evaluation_id = empty;
	refuse(v, SAMPLE_VALID_UNTIL_US, "evaluation id");
	v = sample_verdict(), v->workspace = empty;
	refuse(v, SAMPLE_VALID_UNTIL_US, "workspace");
	v = sample_verdict(), v->policy->digest = other;
	refuse(v, SAMPLE_VALID_UNTIL_US, "policy digest");
	v = sample_verdict(), v->release->artifact_digest = other;
	refuse(v, SAMPLE_VALID_UNTIL_US, "artifact digest");
	v = sample_verdict(), v->release->source_sha = other;
	refuse(v, SAMPLE_VALID_UNTIL_US, "commit");
	v = sample_verdict(), v->release->source_sha = empty, v->release->artifact_digest = empty;
	refuse(v, SAMPLE_VALID_UNTIL_US, "neither an artifact nor a commit");
	v = sample_verdict(), v->release->service = empty;
	refuse(v, SAMPLE_VALID_UNTIL_US, "no service");
	v = sample_verdict(), v->confidence_percent = 101;
	refuse(v, SAMPLE_VALID_UNTIL_US, "confidence");
	v = sample_verdict(), v->decided_at_us = 0;
	refuse(v, SAMPLE_VALID_UNTIL_US, "don't follow");
}
END_TEST

#define HEAD \
	"\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://releasepassport.dev/passport/v1\""

START_TEST(test_statement__parse_refuses_what_is_no_passport)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"_type\":\"https://in-toto.io/Statement/v0.1\"}",
		"{" HEAD ",\"subject\":[]}",
		"{" HEAD ",\"predicate\":{}}",
		"{" HEAD ",\"subject\":{},\"predicate\":{}}",
		"{" HEAD ",\"subject\":[],\"predicate\":[]}",
		"{" HEAD ",\"subject\":[],\"predicate\":{},\"more\":1}",
		("{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://slsa.dev/provenance/v1\","
		 "\"subject\":[],\"predicate\":{}}"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct json_object *tree = NULL;
		struct err err = { 0 };
		ck_assert_msg(!statement_parse(texts[i], strlen(texts[i]), &tree, &err), "%s", texts[i]);
		ck_assert_ptr_null(tree);
		ck_assert_int_eq(err.kind, ERR_INVALID);
	}
	struct json_object *tree = NULL;
	static const char fine[] = "{" HEAD ",\"subject\":[],\"predicate\":{\"later\":1}}";
	ck_assert(statement_parse(fine, strlen(fine), &tree, NULL));
	json_object_put(tree);
	ck_assert(!statement_parse(NULL, 0, &tree, NULL));
}
END_TEST

UNIT_MAIN("passport/statement", test_statement__is_an_in_toto_statement_and_nothing_more,
	test_statement__predicate_says_what_was_decided, test_statement__reasons_hold_every_rule,
	test_statement__evidence_says_what_was_seen_and_what_was_not, test_statement__canary_only_with_its_decision,
	test_statement__shadow_never_enforces, test_statement__one_subject_will_do,
	test_statement__large_numbers_go_as_text, test_statement__is_the_same_for_the_same_verdict,
	test_statement__refuses_what_is_no_verdict, test_statement__parse_refuses_what_is_no_passport)
