#include "policy/policy.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "policy/names.h"
#include "scene.h"
#include "unit.h"

#define HEAD                                   \
	"apiVersion: releasepassport.dev/v1\n" \
	"kind: Policy\n"                       \
	"name: production\n"                   \
	"version: '7'\n"

static const char whole[] = HEAD "description: |\n"
				 "  What production asks for.\n"
				 "evidence:\n"
				 "  - name: smoke\n"
				 "    maxAge: 1d\n"
				 "  - {name: scan, type: trivy, class: ingested, maxAge: 7d, optional: true}\n"
				 "  - name: errorRate\n"
				 "    connector: prometheus\n"
				 "    query: rate(errors{service=\"${service}\"}[5m])\n"
				 "    maxAge: 2m\n"
				 "    timeout: 1500ms\n"
				 "  - {name: health, class: claimed}\n"
				 "rules:\n"
				 "  - id: smoke\n"
				 "    require: smoke.status == \"passed\" && health.status == 'passed'\n"
				 "    otherwise: BLOCK\n"
				 "    reason: the smoke test did not pass\n"
				 "    nextAction: look at the test report\n"
				 "    weight: 3\n"
				 "  - id: scan\n"
				 "    require: \"!has(scan.critical) || scan.critical == 0\"\n"
				 "    otherwise: REQUIRE_APPROVAL\n"
				 "  - id: errors\n"
				 "    require: errorRate.value < 0.01\n"
				 "    otherwise: ALLOW_WITH_CANARY\n"
				 "    missing: REQUIRE_APPROVAL\n"
				 "    milder: true\n"
				 "  - id: watch\n"
				 "    require: errorRate.value < 0.1\n"
				 "    otherwise: ROLLBACK_RECOMMENDED\n"
				 "canary:\n"
				 "  steps:\n"
				 "    - {weight: 5, pause: 10m, watch: [errorRate]}\n"
				 "    - {weight: 100, pause: 0s}\n";

START_TEST(test_policy__reads_every_member)
{
	owned(policy) struct policy *policy = scene_policy(whole);
	ck_assert_str_eq(policy->name, "production");
	ck_assert_str_eq(policy->version, "7");
	ck_assert_str_eq(policy->description, "What production asks for.\n");
	ck_assert_uint_eq(policy->evidence_count, 4);
	const struct policy_evidence *e = policy->evidence;
	ck_assert_str_eq(e[0].type, "smoke");
	ck_assert_int_eq(e[0].evidence_class, RP__V1__EVIDENCE_CLASS__CLASS_INGESTED);
	ck_assert_int_eq(e[0].max_age_ms, 86400000);
	ck_assert_ptr_null(e[0].connector);
	ck_assert(!e[0].optional);
	ck_assert_str_eq(e[1].type, "trivy");
	ck_assert(e[1].optional);
	ck_assert_int_eq(e[2].evidence_class, RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED);
	ck_assert_str_eq(e[2].connector, "prometheus");
	ck_assert_str_eq(e[2].query, "rate(errors{service=\"${service}\"}[5m])");
	ck_assert_int_eq(e[2].timeout_ms, 1500);
	ck_assert_int_eq(e[3].evidence_class, RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED);
	ck_assert_int_eq(e[3].max_age_ms, 0);
	ck_assert_uint_eq(policy->rule_count, 4);
	const struct policy_rule *r = policy->rules;
	ck_assert_str_eq(r[0].id, "smoke");
	ck_assert_str_eq(r[0].reason, "the smoke test did not pass");
	ck_assert_str_eq(r[0].next_action, "look at the test report");
	ck_assert_uint_eq(r[0].weight, 3);
	ck_assert_uint_eq(r[0].mention_count, 2);
	ck_assert_uint_eq(r[0].mentions[0].evidence, 0);
	ck_assert_uint_eq(r[0].mentions[1].evidence, 3);
	ck_assert_uint_eq(r[1].weight, 1);
	ck_assert_ptr_null(r[1].reason);
	ck_assert_uint_eq(r[1].mention_count, 1);
	ck_assert(r[1].mentions[0].tested);
	ck_assert_uint_eq(policy->step_count, 2);
	ck_assert_uint_eq(policy->steps[0].weight_percent, 5);
	ck_assert_int_eq(policy->steps[0].pause_ms, 600000);
	ck_assert_uint_eq(policy->steps[0].watch_count, 1);
	ck_assert_str_eq(policy->steps[0].watch[0], "errorRate");
	ck_assert_uint_eq(policy->steps[1].watch_count, 0);
}
END_TEST

START_TEST(test_policy__knows_what_absence_means)
{
	static const struct {
		const char *members;
		Rp__V1__Decision absent;
		bool milder;
	} cases[] = {
		{ "otherwise: ALLOW_WITH_CANARY", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: REQUIRE_APPROVAL", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: HOLD", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: BLOCK", RP__V1__DECISION__DECISION_BLOCK, false },
		{ "otherwise: ROLLBACK_RECOMMENDED", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: HOLD, missing: BLOCK", RP__V1__DECISION__DECISION_BLOCK, false },
		{ "otherwise: HOLD, missing: HOLD", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: HOLD, missing: HOLD, milder: false", RP__V1__DECISION__DECISION_HOLD, false },
		{ "otherwise: BLOCK, missing: HOLD, milder: true", RP__V1__DECISION__DECISION_HOLD, true },
		{ "otherwise: HOLD, missing: ALLOW, milder: true", RP__V1__DECISION__DECISION_ALLOW, true },
		{ "otherwise: ROLLBACK_RECOMMENDED, missing: REQUIRE_APPROVAL, milder: true",
			RP__V1__DECISION__DECISION_REQUIRE_APPROVAL, true },
		{ "otherwise: ROLLBACK_RECOMMENDED, missing: ROLLBACK_RECOMMENDED",
			RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED, false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD "evidence: [{name: a, maxAge: 1h}]\nrules: [{id: r, require: a.x > 0, %s}]\n"
			     "canary: {steps: [{weight: 1, pause: 1s}]}\n",
			cases[i].members);
		owned(policy) struct policy *policy = scene_policy(buf_str(&text));
		ck_assert_msg(policy->rules[0].absent == cases[i].absent, "%s: %s", cases[i].members,
			decision_name(policy->rules[0].absent));
		ck_assert_int_eq(policy->rules[0].milder, cases[i].milder);
	}
}
END_TEST

START_TEST(test_policy__is_the_same_from_its_canonical_form)
{
	owned(policy) struct policy *policy = scene_policy(whole);
	owned(policy) struct policy *loaded = NULL;
	struct err err = { 0 };
	ck_assert_msg(
		policy_load(policy->canonical, policy->canonical_len, &loaded, &err), "%s %s", err.where, err.text);
	ck_assert_str_eq(loaded->digest, policy->digest);
	ck_assert_str_eq(loaded->canonical, policy->canonical);
	ck_assert_uint_eq(strlen(policy->digest), 71);
	ck_assert_uint_eq(loaded->rule_count, policy->rule_count);
	ck_assert(loaded->rules[1].mentions[0].tested);
	/* The canonical form is YAML as well. */
	owned(policy) struct policy *again = scene_policy(policy->canonical);
	ck_assert_str_eq(again->digest, policy->digest);
}
END_TEST

START_TEST(test_policy__has_a_digest_of_content_and_not_of_layout)
{
	static const char a[] = HEAD "evidence:\n  - name: a # why\n    maxAge: 1h\n"
				     "rules:\n  - id: r\n    require: a.x > 0\n    otherwise: HOLD\n";
	static const char b[] = "rules: [{otherwise: HOLD, id: 'r', require: \"a.x > 0\"}]\n" HEAD
				"evidence: [{maxAge: 1h, name: a}]\n";
	static const char c[] = HEAD "evidence: [{maxAge: 1h, name: a}]\n"
				     "rules: [{otherwise: HOLD, id: r, require: a.x > 1}]\n";
	owned(policy) struct policy *pa = scene_policy(a), *pb = scene_policy(b), *pc = scene_policy(c);
	ck_assert_str_eq(pa->digest, pb->digest);
	ck_assert_str_ne(pa->digest, pc->digest);
}
END_TEST

struct expected {
	unsigned line, column;
	const char *pointer;
	const char *text;
};

static const char *listing(const struct policy_findings *findings, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < findings->count; i++)
		text = arena_printf(arena, "%s%u:%u %s %s\n", text, findings->items[i].line, findings->items[i].column,
			findings->items[i].pointer, findings->items[i].text);
	return text;
}

static void expect_findings(const char *text, const struct expected *expected, size_t count)
{
	owned(arena) struct arena *arena = arena_create();
	struct policy *policy = NULL;
	struct policy_findings findings;
	struct err err = { 0 };
	ck_assert_msg(!policy_parse(text, strlen(text), &policy, arena, &findings, &err), "accepted %s", text);
	ck_assert_ptr_null(policy);
	ck_assert_int_eq(err.kind, ERR_INVALID);
	for (size_t i = 0; i < count; i++) {
		ck_assert_msg(i < findings.count, "only\n%s", listing(&findings, arena));
		const struct policy_finding *f = &findings.items[i];
		ck_assert_msg(f->line == expected[i].line && f->column == expected[i].column &&
				      strcmp(f->pointer, expected[i].pointer) == 0 &&
				      strcmp(f->text, expected[i].text) == 0,
			"expected %u:%u %s %s in\n%s\nof\n%.2000s", expected[i].line, expected[i].column,
			expected[i].pointer, expected[i].text, listing(&findings, arena), text);
	}
	ck_assert_msg(findings.count == count, "more than %zu:\n%s", count, listing(&findings, arena));
	char where[32];
	snprintf(where, sizeof(where), "%u:%u", expected[0].line, expected[0].column);
	ck_assert_str_eq(err.where, where);
	ck_assert_str_eq(err.text, expected[0].text);
}

#define KNOWN                                                                                             \
	"; known are actor.kind, actor.subject, mode, now, release.artifactDigest, release.environment, " \
	"release.namespace, release.releaseId, release.service, release.sourceSha, release.version, "     \
	"rollback.artifact, rollback.verified, a"

START_TEST(test_policy__finds_what_is_wrong_with_a_rule)
{
	/* The rule's members begin in column 5 of line 9. */
	static const struct {
		const char *members;
		struct expected expected;
	} cases[] = {
		{ "require: a.x > 0\n    otherwise: HOLD\n", { 8, 5, "/rules/0", "id is missing" } },
		{ "id: r\n    otherwise: HOLD\n", { 8, 5, "/rules/0", "require is missing" } },
		{ "id: r\n    require: a.x > 0\n", { 8, 5, "/rules/0", "otherwise is missing" } },
		{ "id: r s\n    require: a.x > 0\n    otherwise: HOLD\n",
			{ 8, 9, "/rules/0/id",
				"id must be letters, digits, '.', '_' and '-', a letter or digit first" } },
		{ "id: no-valid-evidence\n    require: a.x > 0\n    otherwise: HOLD\n",
			{ 8, 9, "/rules/0/id", "no-valid-evidence is the name of a rule of ours" } },
		{ "id: 7\n    require: a.x > 0\n    otherwise: HOLD\n",
			{ 8, 9, "/rules/0/id", "id must be a text: write it in quotes" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: DENY\n",
			{ 10, 16, "/rules/0/otherwise",
				"otherwise must be ALLOW, ALLOW_WITH_CANARY, REQUIRE_APPROVAL, HOLD, BLOCK or "
				"ROLLBACK_RECOMMENDED" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: ALLOW\n",
			{ 10, 16, "/rules/0/otherwise", "a rule that is not met can't mean ALLOW" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    wieght: 2\n",
			{ 11, 5, "/rules/0/wieght", "there is no member wieght here" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    weight: 0\n",
			{ 11, 13, "/rules/0/weight", "weight must be a whole number from 1 to 1000" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    weight: 1.0\n",
			{ 11, 13, "/rules/0/weight", "weight must be a whole number from 1 to 1000" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    missing: ALLOW\n",
			{ 11, 14, "/rules/0/missing",
				"ALLOW is milder than HOLD, which absence means here: add milder: true if that is "
				"meant" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: BLOCK\n    missing: HOLD\n    milder: false\n",
			{ 11, 14, "/rules/0/missing",
				"HOLD is milder than BLOCK, which absence means here: add milder: true if that is "
				"meant" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    milder: true\n",
			{ 11, 13, "/rules/0/milder", "milder needs missing: what absence shall mean" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    missing: BLOCK\n    milder: true\n",
			{ 12, 13, "/rules/0/milder", "BLOCK is not milder than HOLD, which absence means here" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    milder: yes\n",
			{ 11, 13, "/rules/0/milder", "milder must be true or false" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    reason: \"a\\nb\"\n",
			{ 11, 13, "/rules/0/reason", "reason has a control character or a line break" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: HOLD\n    reason: ''\n",
			{ 11, 13, "/rules/0/reason", "reason is empty" } },
		{ "id: r\n    require: a.x > 0\n    otherwise: ALLOW_WITH_CANARY\n",
			{ 1, 1, "", "canary is missing: a rule can decide ALLOW_WITH_CANARY" } },
		{ "id: r\n    require: release.version != ''\n    otherwise: HOLD\n",
			{ 8, 3, "/rules", "no rule names required evidence: such a policy would decide on nothing" } },
		{ "id: r\n    require: size(a)\n    otherwise: HOLD\n",
			{ 9, 14, "/rules/0/require", "require must be a condition (true or false), not int" } },
		{ "id: r\n    require: a.x > 0 && b.x > 0\n    otherwise: HOLD\n",
			{ 9, 25, "/rules/0/require", "unknown name 'b'" KNOWN } },
		{ "id: r\n    require: 'a.x == ''y'' && b.x > 0'\n    otherwise: HOLD\n",
			{ 9, 31, "/rules/0/require", "unknown name 'b'" KNOWN } },
		{ "id: r\n    require: \"a.x == \\\"y\\\" && b.x > 0\"\n    otherwise: HOLD\n",
			{ 9, 31, "/rules/0/require", "unknown name 'b'" KNOWN } },
		{ "id: r\n    require: |\n      a.x > 0\n        && b.x > 0\n    otherwise: HOLD\n",
			{ 11, 12, "/rules/0/require", "unknown name 'b'" KNOWN } },
		{ "id: r\n    require: >\n      a.x > 0\n      && b.x > 0\n    otherwise: HOLD\n",
			{ 11, 10, "/rules/0/require", "unknown name 'b'" KNOWN } },
		{ "id: r\n    require: a.x > 0 && release.nmae == ''\n    otherwise: HOLD\n",
			{ 9, 25, "/rules/0/require", "unknown name 'release.nmae'" KNOWN } },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, HEAD "evidence:\n  - {name: a, maxAge: 1h}\nrules:\n  - %s", cases[i].members);
		/* Its own evidence stands unused where no rule names it. */
		if (strstr(cases[i].expected.text, "no rule names required") != NULL) {
			const struct expected both[] = { { 6, 5, "/evidence/0", "no rule names a" },
				cases[i].expected };
			struct arena *arena = arena_create();
			struct policy *policy = NULL;
			struct policy_findings findings;
			struct err err = { 0 };
			ck_assert(!policy_parse(text.data, text.len, &policy, arena, &findings, &err));
			ck_assert_uint_eq(findings.count, 2);
			ck_assert_int_eq(findings.items[0].severity, POLICY_WARNING);
			ck_assert_str_eq(findings.items[0].text, both[0].text);
			ck_assert_str_eq(findings.items[1].text, both[1].text);
			ck_assert_uint_eq(findings.errors, 1);
			/* The first error, not the first finding. */
			ck_assert_str_eq(err.text, both[1].text);
			arena_destroy(arena);
			continue;
		}
		expect_findings(buf_str(&text), &cases[i].expected, 1);
	}
}
END_TEST

START_TEST(test_policy__finds_what_is_wrong_with_evidence)
{
	static const struct {
		const char *evidence;
		struct expected expected;
	} cases[] = {
		{ "{name: a}", { 6, 5, "/evidence/0", "maxAge is missing" } },
		{ "{name: a, connector: c, query: q}", { 6, 5, "/evidence/0", "maxAge is missing" } },
		{ "{name: a, maxAge: 60}",
			{ 6, 23, "/evidence/0/maxAge", "maxAge must be a duration, such as 90s, 5m or 1h30m" } },
		{ "{name: a, maxAge: 500ms}", { 6, 23, "/evidence/0/maxAge", "maxAge must lie between 1s and 366d" } },
		{ "{name: a, connector: c, maxAge: 1h}", { 6, 5, "/evidence/0", "query is missing" } },
		{ "{name: a, query: q, maxAge: 1h}", { 6, 15, "/evidence/0/query", "a query needs a connector" } },
		{ "{name: a, timeout: 1s, maxAge: 1h}",
			{ 6, 15, "/evidence/0/timeout", "a timeout needs a connector" } },
		{ "{name: a, connector: c, query: q, type: t, maxAge: 1h}",
			{ 6, 39, "/evidence/0/type", "type is for evidence without a connector" } },
		{ "{name: a, connector: c, query: q, timeout: 90s, maxAge: 1h}",
			{ 6, 48, "/evidence/0/timeout", "timeout must lie between 100ms and 1m" } },
		{ "{name: a, class: observed, maxAge: 1h}",
			{ 6, 22, "/evidence/0/class", "observed evidence needs a connector and a query" } },
		{ "{name: a, connector: c, query: q, class: ingested, maxAge: 1h}",
			{ 6, 46, "/evidence/0/class", "what a connector sees is observed, never ingested" } },
		{ "{name: a, class: attested, maxAge: 1h}",
			{ 6, 22, "/evidence/0/class",
				"attested evidence needs keys, and releasepassport.dev/v1 has no member for them" } },
		{ "{name: a, class: believed, maxAge: 1h}",
			{ 6, 22, "/evidence/0/class", "class must be claimed, ingested, attested or observed" } },
		{ "{name: a, connector: c, query: 'up{a=\"${servce}\"}', maxAge: 1h}",
			{ 6, 43, "/evidence/0/query",
				"${...} must be one of ${service}, ${environment}, ${namespace}, ${version}, "
				"${sourceSha} and ${artifactDigest}" } },
		{ "{name: a, connector: c, query: 'up${service', maxAge: 1h}",
			{ 6, 39, "/evidence/0/query",
				"${...} must be one of ${service}, ${environment}, ${namespace}, ${version}, "
				"${sourceSha} and ${artifactDigest}" } },
		{ "{name: a, optional: 1, maxAge: 1h}",
			{ 6, 25, "/evidence/0/optional", "optional must be true or false" } },
		{ "{name: a, maxAge: 1h, unit: ms}", { 6, 27, "/evidence/0/unit", "there is no member unit here" } },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, HEAD "evidence:\n  - %s\nrules: [{id: r, require: a.x > 0, otherwise: HOLD}]\n",
			cases[i].evidence);
		expect_findings(buf_str(&text), &cases[i].expected, 1);
	}
}
END_TEST

START_TEST(test_policy__finds_names_that_are_taken)
{
	static const char *const words[] = { "release", "actor", "now", "rollback", "mode", "true", "in", "duration" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		owned_buf struct buf text = { 0 };
		char says[128];
		snprintf(says, sizeof(says), "evidence may not be called %s: expressions have that word already",
			words[i]);
		buf_printf(&text,
			HEAD "evidence:\n  - {name: \"%s\", maxAge: 1h}\n  - {name: a, maxAge: 1h}\n"
			     "rules: [{id: r, require: a.x > 0, otherwise: HOLD}]\n",
			words[i]);
		expect_findings(buf_str(&text), &(struct expected){ 6, 12, "/evidence/0/name", says }, 1);
	}
	static const char twice[] = HEAD "evidence:\n  - {name: a, maxAge: 1h}\n  - {name: a, class: claimed}\n"
					 "rules: [{id: r, require: a.x > 0, otherwise: HOLD}]\n";
	expect_findings(
		twice, &(struct expected){ 7, 12, "/evidence/1/name", "there is evidence called a already" }, 1);
	static const char digit[] = HEAD "evidence:\n  - {name: a, maxAge: 1h}\n  - {name: 9a, maxAge: 1h}\n"
					 "rules: [{id: r, require: a.x > 0, otherwise: HOLD}]\n";
	expect_findings(digit,
		&(struct expected){ 7, 12, "/evidence/1/name", "name must be letters, digits and '_', no digit first" },
		1);
}
END_TEST

START_TEST(test_policy__finds_what_is_wrong_with_the_canary)
{
	static const struct {
		const char *canary;
		struct expected expected;
	} cases[] = {
		{ "{}", { 7, 9, "/canary", "steps is missing" } },
		{ "{steps: []}", { 7, 17, "/canary/steps", "steps must be a list with an element or more" } },
		{ "{steps: [{pause: 1m}]}", { 7, 18, "/canary/steps/0", "weight is missing" } },
		{ "{steps: [{weight: 101, pause: 1m}]}",
			{ 7, 27, "/canary/steps/0/weight", "weight must be a whole number from 1 to 100" } },
		{ "{steps: [{weight: 10}]}", { 7, 18, "/canary/steps/0", "pause is missing" } },
		{ "{steps: [{weight: 10, pause: 1m}, {weight: 5, pause: 1m}]}",
			{ 7, 52, "/canary/steps/1/weight", "the weight is smaller than that of the step before" } },
		{ "{steps: [{weight: 10, pause: 1m, watch: [a, b]}]}",
			{ 7, 53, "/canary/steps/0/watch/1", "must be the name of declared evidence" } },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text,
			HEAD "evidence: [{name: a, maxAge: 1h}]\n"
			     "rules: [{id: r, require: a.x > 0, otherwise: ALLOW_WITH_CANARY}]\n"
			     "canary: %s\n",
			cases[i].canary);
		expect_findings(buf_str(&text), &cases[i].expected, 1);
	}
}
END_TEST

START_TEST(test_policy__tells_all_findings_at_once_in_the_text_s_order)
{
	static const char text[] = "kind: Polcy\n"
				   "apiVersion: v1\n"
				   "version: 7\n"
				   "name: production\n"
				   "owner: nobody\n"
				   "rules:\n"
				   "  - id: r\n"
				   "    require: a.x >\n"
				   "    otherwise: DENY\n"
				   "  - id: r\n"
				   "    require: a.x > 0\n"
				   "    otherwise: HOLD\n"
				   "evidence:\n"
				   "  - name: a\n";
	expect_findings(text,
		(const struct expected[]){
			{ 1, 7, "/kind", "kind must be Policy" },
			{ 2, 13, "/apiVersion", "apiVersion must be releasepassport.dev/v1" },
			{ 3, 10, "/version", "version must be a text: write it in quotes" },
			{ 5, 1, "/owner", "there is no member owner here" },
			{ 8, 19, "/rules/0/require", "expected an expression, but the expression ends here" },
			{ 9, 16, "/rules/0/otherwise",
				"otherwise must be ALLOW, ALLOW_WITH_CANARY, REQUIRE_APPROVAL, HOLD, BLOCK or "
				"ROLLBACK_RECOMMENDED" },
			{ 10, 9, "/rules/1/id", "there is a rule called r already" },
			{ 14, 5, "/evidence/0", "maxAge is missing" },
		},
		8);
}
END_TEST

START_TEST(test_policy__tells_findings_of_one_line_in_its_order)
{
	static const char text[] = HEAD "evidence: [{name: 9a, maxAge: 60, unit: ms}, {name: a, maxAge: 1h}]\n"
					"rules: [{id: r, require: a.x > 0, otherwise: HOLD}]\n";
	expect_findings(text,
		(const struct expected[]){
			{ 5, 19, "/evidence/0/name", "name must be letters, digits and '_', no digit first" },
			{ 5, 31, "/evidence/0/maxAge", "maxAge must be a duration, such as 90s, 5m or 1h30m" },
			{ 5, 35, "/evidence/0/unit", "there is no member unit here" },
		},
		3);
}
END_TEST

START_TEST(test_policy__refuses_to_decide_on_optional_evidence_alone)
{
	static const char text[] = HEAD "evidence: [{name: a, maxAge: 1h, optional: true}]\n"
					"rules: [{id: r, require: has(a.x), otherwise: HOLD}]\n";
	expect_findings(text,
		&(struct expected){
			6, 8, "/rules", "no rule names required evidence: such a policy would decide on nothing" },
		1);
}
END_TEST

START_TEST(test_policy__refuses_what_is_no_document)
{
	expect_findings("- a\n", &(struct expected){ 1, 1, "", "must be an object (names with values)" }, 1);
	expect_findings(
		"a: b: c\n", &(struct expected){ 1, 5, "", "mapping values are not allowed in this context" }, 1);
	expect_findings("", &(struct expected){ 1, 1, "", "there is no document" }, 1);
}
END_TEST

START_TEST(test_policy__bounds_the_findings_it_keeps)
{
	owned_buf struct buf text = { 0 };
	owned(arena) struct arena *arena = arena_create();
	struct policy *policy = NULL;
	struct policy_findings findings;
	struct err err = { 0 };
	for (int i = 0; i < 150; i++)
		buf_printf(&text, "m%d: 1\n", i);
	ck_assert(!policy_parse(text.data, text.len, &policy, arena, &findings, &err));
	ck_assert_uint_eq(findings.count, POLICY_FINDINGS_MAX);
	/* apiVersion, kind, name, version, evidence and rules are missing. */
	ck_assert_uint_eq(findings.errors, 156);
	ck_assert_str_eq(err.where, "1:1");
}
END_TEST

START_TEST(test_policy__bounds_the_expressions_together)
{
	owned_buf struct buf text = { 0 };
	buf_append_str(&text, HEAD "evidence: [{name: a, maxAge: 1h}]\nrules:\n");
	for (int i = 0; i < 6; i++) {
		buf_printf(&text, "  - {id: r%d, otherwise: HOLD, require: \"a.x == 1", i);
		for (int j = 0; j < 1200; j++)
			buf_append_str(&text, " || a.x==1");
		buf_append_str(&text, "\"}\n");
	}
	/* Five of them fit, the sixth goes beyond 64 KiB. */
	expect_findings(buf_str(&text),
		&(struct expected){
			12, 40, "/rules/5/require", "the expressions of all rules are longer than 64 KiB together" },
		1);
}
END_TEST

START_TEST(test_policy__warns_of_what_is_hardly_meant)
{
	static const char text[] = HEAD "evidence:\n"
					"  - {name: a, maxAge: 1h}\n"
					"  - {name: b, maxAge: 1h}\n"
					"  - {name: c, maxAge: 1h, optional: true}\n"
					"rules: [{id: r, require: a.x > 0 && c.x > 0, otherwise: HOLD}]\n";
	owned(arena) struct arena *arena = arena_create();
	owned(policy) struct policy *policy = NULL;
	struct policy_findings findings;
	struct err err = { 0 };
	ck_assert(policy_parse(text, strlen(text), &policy, arena, &findings, &err));
	ck_assert_uint_eq(findings.errors, 0);
	ck_assert_uint_eq(findings.warnings, 2);
	ck_assert_uint_eq(findings.items[0].line, 7);
	ck_assert_str_eq(findings.items[0].text, "no rule names b");
	ck_assert_str_eq(findings.items[1].text, "c is optional, but no rule tests it with has(): its absence counts");
	struct json_object *json = policy_findings_json(&findings);
	ck_assert_str_eq(json_object_to_json_string_ext(json_object_array_get_idx(json, 0), JSON_C_TO_STRING_PLAIN),
		"{\"severity\":\"warning\",\"line\":7,\"column\":5,\"pointer\":\"\\/evidence\\/1\","
		"\"text\":\"no rule names b\"}");
	json_object_put(json);
}
END_TEST

START_TEST(test_policy__load_names_the_pointer)
{
	static const char *const cases[][2] = {
		{ "{", "" },
		{ "[]", "" },
		{ "{\"apiVersion\":\"releasepassport.dev/v1\",\"evidence\":[{\"maxAge\":\"1h\",\"name\":\"a\"}],"
		  "\"kind\":\"Policy\",\"name\":\"p\",\"rules\":[{\"id\":\"r\",\"otherwise\":\"HOLD\","
		  "\"require\":\"b.x > 0\"}],\"version\":\"1\"}",
			"/rules/0/require" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct policy *policy = NULL;
		struct err err = { 0 };
		ck_assert(!policy_load(cases[i][0], strlen(cases[i][0]), &policy, &err));
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_str_eq(err.where, cases[i][1]);
	}
}
END_TEST

UNIT_MAIN("policy/policy", test_policy__reads_every_member, test_policy__knows_what_absence_means,
	test_policy__is_the_same_from_its_canonical_form, test_policy__has_a_digest_of_content_and_not_of_layout,
	test_policy__finds_what_is_wrong_with_a_rule, test_policy__finds_what_is_wrong_with_evidence,
	test_policy__finds_names_that_are_taken, test_policy__finds_what_is_wrong_with_the_canary,
	test_policy__tells_all_findings_at_once_in_the_text_s_order,
	test_policy__tells_findings_of_one_line_in_its_order, test_policy__refuses_to_decide_on_optional_evidence_alone,
	test_policy__refuses_what_is_no_document, test_policy__bounds_the_findings_it_keeps,
	test_policy__bounds_the_expressions_together, test_policy__warns_of_what_is_hardly_meant,
	test_policy__load_names_the_pointer)
