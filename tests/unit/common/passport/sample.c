#include "sample.h"

#include "json/json.h"
#include "passport/dsse.h"
#include "unit.h"

/* protobuf-c's texts are char *; nobody writes to them. */
#define TEXT(literal) ((char *)(literal))

static Rp__V1__Release release;
static Rp__V1__Actor actor;
static Rp__V1__Binding binding;
static Rp__V1__PolicyRef policy;
static Rp__V1__RuleResult rules[2];
static Rp__V1__Fact facts[2];
static Rp__V1__UsedFact used[3];
static Rp__V1__CanaryStep canary;
static Rp__V1__RollbackTarget rollback;
static Rp__V1__ClaimedApproval approval;
static Rp__V1__Verdict verdict;

static void fill_release(void)
{
	rp__v1__release__init(&release);
	release.service = TEXT("checkout-api");
	release.environment = TEXT("production");
	release.namespace_ = TEXT("apps-checkout");
	release.release_id = TEXT("gh-123456");
	release.version = TEXT("2.18.4");
	release.source_sha = TEXT(SAMPLE_SHA);
	release.artifact_digest = TEXT(SAMPLE_ARTIFACT);
	release.artifact_repository = TEXT("registry.example/checkout-api");
	rp__v1__actor__init(&actor);
	actor.subject = TEXT("ci/checkout");
	actor.kind = TEXT("pipeline");
	actor.token_id = TEXT("tok_1");
	actor.creator = TEXT("alice");
	rp__v1__binding__init(&binding);
	binding.mode = RP__V1__MODE__MODE_ENFORCE;
	binding.mode_reason = TEXT("binding");
	binding.threshold = RP__V1__DECISION__DECISION_REQUIRE_APPROVAL;
	rp__v1__policy_ref__init(&policy);
	policy.name = TEXT("production");
	policy.version = TEXT("7");
	policy.digest = TEXT("sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc");
}

static void fill_rules(void)
{
	rp__v1__rule_result__init(&rules[0]);
	rules[0].rule = TEXT("smoke");
	rules[0].outcome = RP__V1__DECISION__DECISION_ALLOW;
	rules[0].status = TEXT("satisfied");
	rules[0].weight = 1;
	rp__v1__rule_result__init(&rules[1]);
	rules[1].rule = TEXT("error-rate");
	rules[1].outcome = RP__V1__DECISION__DECISION_HOLD;
	rules[1].status = TEXT("stale");
	rules[1].text = TEXT("error rate was last seen 7 minutes ago, allowed are 2");
	rules[1].next_action = TEXT("check the Prometheus connector");
	rules[1].weight = 3;
}

static void fill_facts(void)
{
	static uint8_t value[] = "{\"status\":\"passed\"}";
	rp__v1__fact__init(&facts[0]);
	facts[0].evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_INGESTED;
	facts[0].type = TEXT("smoke");
	facts[0].status = RP__V1__FACT_STATUS__FACT_OK;
	facts[0].observed_at_us = SAMPLE_DECIDED_US - 1000000;
	facts[0].value = (ProtobufCBinaryData){ sizeof(value) - 1, value };
	facts[0].detail = TEXT("42 checks");
	rp__v1__fact__init(&facts[1]);
	facts[1].evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED;
	facts[1].connector = TEXT("prometheus");
	facts[1].status = RP__V1__FACT_STATUS__FACT_OK;
	facts[1].observed_at_us = SAMPLE_DECIDED_US - 420000000;
	for (size_t i = 0; i < 3; i++)
		rp__v1__used_fact__init(&used[i]);
	used[0].name = TEXT("smoke");
	used[0].fact = &facts[0];
	used[0].age_ms = 1000;
	used[0].status = TEXT("ok");
	used[1].name = TEXT("errorRate");
	used[1].fact = &facts[1];
	used[1].age_ms = 420000;
	used[1].status = TEXT("stale");
	used[2].name = TEXT("scan");
	used[2].status = TEXT("missing");
}

static void fill_extras(void)
{
	static char *watch[] = { TEXT("errorRate") };
	rp__v1__canary_step__init(&canary);
	canary.weight_percent = 10;
	canary.pause_ms = 300000;
	canary.n_watch = 1;
	canary.watch = watch;
	rp__v1__rollback_target__init(&rollback);
	rollback.artifact_digest = TEXT("sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd");
	rollback.verified = 1;
	rollback.passport_id = TEXT("pp_last");
	rp__v1__claimed_approval__init(&approval);
	approval.system = TEXT("github");
	approval.environment = TEXT("production");
}

Rp__V1__Verdict *sample_verdict(void)
{
	static Rp__V1__RuleResult *rule_list[] = { &rules[0], &rules[1] };
	static Rp__V1__UsedFact *fact_list[] = { &used[0], &used[1], &used[2] };
	static Rp__V1__CanaryStep *canary_list[] = { &canary };
	static Rp__V1__ClaimedApproval *approval_list[] = { &approval };
	fill_release();
	fill_rules();
	fill_facts();
	fill_extras();
	rp__v1__verdict__init(&verdict);
	verdict.min_reader = 1;
	verdict.evaluation_id = TEXT(SAMPLE_EVALUATION);
	verdict.request_digest = TEXT("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
	verdict.workspace = TEXT("acme");
	verdict.release = &release;
	verdict.actor = &actor;
	verdict.binding = &binding;
	verdict.policy = &policy;
	verdict.decision = RP__V1__DECISION__DECISION_HOLD;
	verdict.confidence_percent = 25;
	verdict.n_rules = 2;
	verdict.rules = rule_list;
	verdict.n_facts = 3;
	verdict.facts = fact_list;
	verdict.n_canary = 1;
	verdict.canary = canary_list;
	verdict.rollback = &rollback;
	verdict.n_approvals = 1;
	verdict.approvals = approval_list;
	verdict.requested_at_us = SAMPLE_DECIDED_US - 100000;
	verdict.evidence_complete_at_us = SAMPLE_DECIDED_US - 1000;
	verdict.decided_at_us = SAMPLE_DECIDED_US;
	verdict.retry_after_us = SAMPLE_DECIDED_US + 120000000;
	return &verdict;
}

void sample_statement(const Rp__V1__Verdict *of, const char *key_id, struct buf *out)
{
	char id[ID_SIZE];
	const struct statement_signing signing = {
		.passport_id = passport_id(of->evaluation_id, of->decided_at_us, id),
		.key_id = key_id,
		.signed_at_us = SAMPLE_SIGNED_US,
		.valid_until_us = SAMPLE_VALID_UNTIL_US,
	};
	struct err err = { 0 };
	ck_assert_msg(statement_build(of, &signing, out, &err), "%s", err.text);
}

struct json_object *sample_tree(const Rp__V1__Verdict *of)
{
	owned_buf struct buf text = { 0 };
	struct json_object *tree = NULL;
	struct err err = { 0 };
	sample_statement(of, "key", &text);
	ck_assert_msg(statement_parse(text.data, text.len, &tree, &err), "%s %s", err.where, err.text);
	return tree;
}

void sample_envelope(const Rp__V1__Verdict *of, const struct signing_key *key, struct buf *out)
{
	owned_buf struct buf statement = { 0 };
	owned(verify_key) struct verify_key *public = signing_key_public(key);
	struct err err = { 0 };
	sample_statement(of, verify_key_id(public), &statement);
	ck_assert_msg(dsse_sign(key, STATEMENT_PAYLOAD_TYPE, statement.data, statement.len, out, &err), "%s", err.text);
}
