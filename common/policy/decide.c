#include "policy/decide.h"

#include <string.h>

#include "cel/cel.h"
#include "policy/environment.h"
#include "policy/evidence.h"
#include "policy/line.h"
#include "policy/names.h"
#include "policy/policy.h"

#define VERDICT_MIN_READER 1
#define SHOWN_MAX_BYTES 200
/* All rules that a policy may have, each as costly as this, take about 30 ms: the loop must not stand still longer. */
#define RULE_COST_MAX 30000

struct decision {
	const struct policy *policy;
	const Rp__V1__GateRequest *request;
	const struct evidence_state *states; /* one for each declaration */
	const struct cel_binding *bindings;
	size_t binding_count;
	int64_t now_us;
	struct arena *arena;
	Rp__V1__Verdict *verdict;
	uint64_t weight, fresh_weight;
	int64_t retry_ms; /* the soonest that helps; 0: nothing does */
};

/* protobuf-c wants char *; it never writes through it. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static Rp__V1__RuleResult *add_result(struct decision *d, const char *rule, uint32_t weight)
{
	Rp__V1__RuleResult *result = arena_alloc(d->arena, sizeof(*result));
	rp__v1__rule_result__init(result);
	result->rule = borrow(rule);
	result->weight = weight;
	d->verdict->rules[d->verdict->n_rules++] = result;
	return result;
}

/* When asking again may find this evidence; 0: asking again alone won't. */
static int64_t retry_ms(const struct evidence_state *state)
{
	const struct policy_evidence *declared = state->declared;
	if (state->status == EVIDENCE_CLASS || declared->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED)
		return 0;
	return declared->connector != NULL ? declared->timeout_ms : POLICY_RETRY_INGESTED_MS;
}

static void note_retry(struct decision *d, const struct evidence_state *state)
{
	int64_t ms = retry_ms(state);
	if (ms > 0 && (d->retry_ms == 0 || ms < d->retry_ms))
		d->retry_ms = ms;
}

static void set_absent(struct decision *d, const struct policy_rule *rule, Rp__V1__RuleResult *result,
	const struct evidence_state *first, const char *text)
{
	result->outcome = rule->absent;
	result->milder = rule->milder;
	result->status = borrow(evidence_status_name(first->status));
	result->text = rule->milder ? arena_printf(d->arena, "%s; the policy lets that count as %s", text,
					      decision_name(rule->absent))
				    : borrow(text);
	result->next_action = borrow(rule->next_action != NULL ? rule->next_action : first->next_action);
}

/* Before the expression has a word: it could come out true without evidence that it names. */
static bool lacks_evidence(struct decision *d, const struct policy_rule *rule, Rp__V1__RuleResult *result)
{
	const struct evidence_state *first = NULL;
	const char *text = NULL;
	for (size_t i = 0; i < rule->mention_count; i++) {
		const struct evidence_state *state = &d->states[rule->mentions[i].evidence];
		if (state->status == EVIDENCE_OK || rule->mentions[i].tested)
			continue;
		text = first == NULL ? state->problem : arena_printf(d->arena, "%s; %s", text, state->problem);
		first = first == NULL ? state : first;
		if (rule->absent == RP__V1__DECISION__DECISION_HOLD)
			note_retry(d, state);
	}
	if (first != NULL)
		set_absent(d, rule, result, first, text);
	return first != NULL;
}

static bool all_fresh(const struct decision *d, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->mention_count; i++)
		if (d->states[rule->mentions[i].evidence].status != EVIDENCE_OK)
			return false;
	return true;
}

static void set_evaluated(struct decision *d, const struct policy_rule *rule, Rp__V1__RuleResult *result, bool met)
{
	const char *shown = line_of(d->arena, rule->require, SHOWN_MAX_BYTES);
	result->outcome = met ? RP__V1__DECISION__DECISION_ALLOW : rule->otherwise;
	result->status = borrow(met ? "satisfied" : "unsatisfied");
	if (met)
		result->text = arena_printf(d->arena, "met: %s", shown);
	else if (rule->reason != NULL)
		result->text = borrow(rule->reason);
	else
		result->text = arena_printf(d->arena, "not met: %s", shown);
	if (!met && rule->next_action != NULL)
		result->next_action = borrow(rule->next_action);
}

/* An expression that fails is no absence: a policy that is content without the evidence did not ask for this. */
static void set_faulty(const struct policy_rule *rule, Rp__V1__RuleResult *result, const char *text)
{
	result->outcome = rule->faulty;
	result->status = borrow("error");
	result->text = borrow(text);
	result->next_action =
		borrow(rule->next_action != NULL ? rule->next_action
						 : "compare the rule's expression with the evidence that it names");
}

static void evaluate(struct decision *d, const struct policy_rule *rule, Rp__V1__RuleResult *result)
{
	struct cel_value value;
	struct err err = { 0 };
	if (!cel_eval(rule->program, d->bindings, d->binding_count, RULE_COST_MAX, d->arena, &value, &err)) {
		set_faulty(rule, result,
			arena_printf(d->arena, "the rule can't be evaluated: %s (at %s of its expression)",
				line_of(d->arena, err.text, SHOWN_MAX_BYTES), err.where));
	} else if (value.kind != CEL_BOOL) {
		set_faulty(rule, result,
			arena_printf(d->arena, "the rule can't be evaluated: it is %s, neither true nor false",
				cel_kind_name(value.kind)));
	} else {
		set_evaluated(d, rule, result, value.boolean);
		if (all_fresh(d, rule))
			d->fresh_weight += rule->weight;
	}
}

static void decide_rules(struct decision *d)
{
	const struct policy *policy = d->policy;
	/* One more for the rule of ours. */
	d->verdict->rules = arena_array(d->arena, policy->rule_count + 1, sizeof(*d->verdict->rules));
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		Rp__V1__RuleResult *result = add_result(d, rule->id, rule->weight);
		if (!lacks_evidence(d, rule, result))
			evaluate(d, rule, result);
		d->weight += rule->weight;
		d->verdict->decision = decision_worse(d->verdict->decision, result->outcome);
	}
}

/*
 * No set of rules lets a release through on nothing. That goes by declarations and not by what rules name, so that one
 * rule more never makes a policy milder.
 */
static void demand_evidence(struct decision *d)
{
	const char *text = "none of the required evidence is there";
	const struct evidence_state *first = NULL;
	for (size_t i = 0; i < d->policy->evidence_count; i++) {
		const struct evidence_state *state = &d->states[i];
		if (state->declared->optional)
			continue;
		if (state->status == EVIDENCE_OK)
			return;
		text = arena_printf(d->arena, "%s%s %s", text, first == NULL ? ":" : ";", state->problem);
		first = first == NULL ? state : first;
	}
	if (d->verdict->decision >= RP__V1__DECISION__DECISION_HOLD)
		return;
	for (size_t i = 0; i < d->policy->evidence_count; i++)
		if (!d->policy->evidence[i].optional)
			note_retry(d, &d->states[i]);
	Rp__V1__RuleResult *result = add_result(d, POLICY_RULE_NO_EVIDENCE, 0);
	result->outcome = RP__V1__DECISION__DECISION_HOLD;
	result->status = borrow("missing");
	result->text = borrow(text);
	result->next_action = borrow(first != NULL ? first->next_action : "");
	d->verdict->decision = RP__V1__DECISION__DECISION_HOLD;
}

static void set_facts(struct decision *d)
{
	size_t count = d->policy->evidence_count;
	d->verdict->facts = arena_array(d->arena, count, sizeof(*d->verdict->facts));
	d->verdict->n_facts = count;
	for (size_t i = 0; i < count; i++) {
		const struct evidence_state *state = &d->states[i];
		Rp__V1__UsedFact *used = arena_alloc(d->arena, sizeof(*used));
		rp__v1__used_fact__init(used);
		used->name = borrow(state->declared->name);
		used->fact = (Rp__V1__Fact *)(uintptr_t)state->fact;
		used->age_ms = state->age_ms;
		used->status = borrow(evidence_status_name(state->status));
		d->verdict->facts[i] = used;
	}
}

static void set_canary(struct decision *d)
{
	const struct policy *policy = d->policy;
	if (d->verdict->decision != RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY)
		return;
	d->verdict->canary = arena_array(d->arena, policy->step_count, sizeof(*d->verdict->canary));
	d->verdict->n_canary = policy->step_count;
	for (size_t i = 0; i < policy->step_count; i++) {
		Rp__V1__CanaryStep *step = arena_alloc(d->arena, sizeof(*step));
		rp__v1__canary_step__init(step);
		step->weight_percent = policy->steps[i].weight_percent;
		step->pause_ms = policy->steps[i].pause_ms;
		step->n_watch = policy->steps[i].watch_count;
		step->watch = (char **)(uintptr_t)policy->steps[i].watch;
		d->verdict->canary[i] = step;
	}
}

/* What we recorded ourselves outranks what the caller claims. */
static Rp__V1__RollbackTarget *rollback_target(const Rp__V1__GateRequest *request, struct arena *arena)
{
	const Rp__V1__LastGood *good = request->last_good;
	bool known = good != NULL && *good->artifact_digest != '\0';
	if (!known && *request->rollback_artifact == '\0')
		return NULL;
	Rp__V1__RollbackTarget *target = arena_alloc(arena, sizeof(*target));
	rp__v1__rollback_target__init(target);
	target->artifact_digest = known ? good->artifact_digest : request->rollback_artifact;
	target->verified = known;
	if (known)
		target->passport_id = good->passport_id;
	return target;
}

static void set_identity(struct decision *d, int64_t evidence_complete_at_us)
{
	const Rp__V1__GateRequest *request = d->request;
	Rp__V1__Verdict *verdict = d->verdict;
	Rp__V1__PolicyRef *policy = arena_alloc(d->arena, sizeof(*policy));
	rp__v1__policy_ref__init(policy);
	policy->name = borrow(d->policy->name);
	policy->version = borrow(d->policy->version);
	policy->digest = borrow(d->policy->digest);
	verdict->min_reader = VERDICT_MIN_READER;
	verdict->evaluation_id = request->evaluation_id;
	verdict->request_digest = request->request_digest;
	verdict->workspace = request->workspace;
	verdict->release = request->release;
	verdict->actor = request->actor;
	verdict->binding = request->binding;
	verdict->policy = policy;
	verdict->approvals = request->approvals;
	verdict->n_approvals = request->n_approvals;
	verdict->requested_at_us = request->requested_at_us;
	verdict->evidence_complete_at_us = evidence_complete_at_us;
	verdict->decided_at_us = d->now_us;
}

bool decide(const struct policy *policy, const Rp__V1__GateRequest *request, const Rp__V1__Fact *const *observed,
	size_t observed_count, int64_t now_us, int64_t evidence_complete_at_us, struct arena *arena,
	Rp__V1__Verdict **verdict, struct err *err)
{
	if (request->release == NULL || request->binding == NULL)
		return err_set(
			err, ERR_INVALID, "the request has no %s", request->release == NULL ? "release" : "binding");
	struct evidence_state *states = arena_array(arena, policy->evidence_count, sizeof(*states));
	for (size_t i = 0; i < policy->evidence_count; i++)
		evidence_find(&policy->evidence[i], request, observed, observed_count, now_us, arena, &states[i]);
	struct decision d = {
		.policy = policy, .request = request, .states = states, .now_us = now_us, .arena = arena
	};
	d.verdict = arena_alloc(arena, sizeof(*d.verdict));
	rp__v1__verdict__init(d.verdict);
	d.verdict->decision = RP__V1__DECISION__DECISION_ALLOW;
	d.verdict->rollback = rollback_target(request, arena);
	d.bindings = environment_bind(policy, request, d.verdict->rollback, states, now_us, arena, &d.binding_count);
	set_identity(&d, evidence_complete_at_us);
	decide_rules(&d);
	demand_evidence(&d);
	set_facts(&d);
	set_canary(&d);
	d.verdict->confidence_percent = d.weight > 0 ? (uint32_t)(d.fresh_weight * 100 / d.weight) : 0;
	if (d.verdict->decision == RP__V1__DECISION__DECISION_HOLD && d.retry_ms > 0)
		d.verdict->retry_after_us = now_us + d.retry_ms * 1000;
	*verdict = d.verdict;
	return true;
}
