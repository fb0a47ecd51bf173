#include "passport/predicate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "json/json.h"
#include "policy/names.h"

/* protobuf has no absent text: what is empty is null here. */
static void add_text(struct json_object *object, const char *name, const char *text)
{
	json_add_string(object, name, text[0] != '\0' ? text : NULL);
}

/* Numbers beyond 2^53 go as text: many readers would round them. */
static void add_integer(struct json_object *object, const char *name, int64_t value)
{
	if (value >= -JSON_INTEGER_MAX && value <= JSON_INTEGER_MAX) {
		json_add_int(object, name, value);
		return;
	}
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, value);
	json_add_string(object, name, text);
}

static struct json_object *reasons(const Rp__V1__Verdict *verdict)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < verdict->n_rules; i++) {
		const Rp__V1__RuleResult *rule = verdict->rules[i];
		struct json_object *reason = json_object_new_object();
		json_add_string(reason, "rule", rule->rule);
		json_add_string(reason, "outcome", decision_name(rule->outcome));
		json_add_string(reason, "status", rule->status);
		add_text(reason, "text", rule->text);
		add_text(reason, "nextAction", rule->next_action);
		json_add_int(reason, "weight", rule->weight);
		json_add_bool(reason, "milder", rule->milder);
		json_add(reason, "waiver", NULL);
		json_object_array_add(list, reason);
	}
	return list;
}

/* The fact's own members; all null where nothing was seen. */
static void add_fact(struct json_object *object, const Rp__V1__Fact *fact, int64_t age_ms)
{
	bool seen = fact != NULL && fact->observed_at_us > 0;
	bool valued = fact != NULL && fact->value.len > 0;
	char digest[SHA256_HEX_SIZE];
	add_text(object, "connector", fact != NULL ? fact->connector : "");
	add_text(object, "type", fact != NULL ? fact->type : "");
	bool classed = fact != NULL && fact->evidence_class != RP__V1__EVIDENCE_CLASS__CLASS_UNKNOWN;
	json_add_string(object, "class", classed ? evidence_class_name(fact->evidence_class) : NULL);
	json_add_time(object, "observedAt", seen ? fact->observed_at_us : 0);
	if (seen)
		add_integer(object, "ageMs", age_ms);
	else
		json_add(object, "ageMs", NULL);
	json_add_string(object, "sha256", valued ? sha256_hex(fact->value.data, fact->value.len, digest) : NULL);
	add_text(object, "detail", fact != NULL ? fact->detail : "");
}

static struct json_object *evidence(const Rp__V1__Verdict *verdict)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < verdict->n_facts; i++) {
		const Rp__V1__UsedFact *used = verdict->facts[i];
		struct json_object *item = json_object_new_object();
		json_add_string(item, "name", used->name);
		json_add_string(item, "status", used->status);
		add_fact(item, used->fact, used->age_ms);
		json_object_array_add(list, item);
	}
	return list;
}

static struct json_object *canary(const Rp__V1__Verdict *verdict)
{
	if (verdict->decision != RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY)
		return NULL;
	struct json_object *steps = json_object_new_array();
	for (size_t i = 0; i < verdict->n_canary; i++) {
		const Rp__V1__CanaryStep *step = verdict->canary[i];
		struct json_object *item = json_object_new_object(), *watch = json_object_new_array();
		json_add_int(item, "weight", step->weight_percent);
		add_integer(item, "pauseMs", step->pause_ms);
		for (size_t j = 0; j < step->n_watch; j++)
			json_object_array_add(watch, json_string_create(step->watch[j]));
		json_add(item, "watch", watch);
		json_object_array_add(steps, item);
	}
	struct json_object *object = json_object_new_object();
	json_add(object, "steps", steps);
	return object;
}

static struct json_object *rollback(const Rp__V1__RollbackTarget *target)
{
	if (target == NULL || target->artifact_digest[0] == '\0')
		return NULL;
	struct json_object *object = json_object_new_object();
	json_add_string(object, "artifact", target->artifact_digest);
	json_add_bool(object, "verified", target->verified);
	add_text(object, "passportId", target->passport_id);
	return object;
}

/* Only what the caller said about approvals exists as yet; it is marked as such. */
static struct json_object *approvals(const Rp__V1__Verdict *verdict)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < verdict->n_approvals; i++) {
		struct json_object *item = json_object_new_object();
		add_text(item, "system", verdict->approvals[i]->system);
		add_text(item, "environment", verdict->approvals[i]->environment);
		json_add_string(item, "class", evidence_class_name(RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED));
		json_object_array_add(list, item);
	}
	return list;
}

static struct json_object *policy(const Rp__V1__PolicyRef *ref)
{
	struct json_object *object = json_object_new_object();
	add_text(object, "name", ref->name);
	add_text(object, "version", ref->version);
	json_add_string(object, "sha256", ref->digest + strlen("sha256:"));
	return object;
}

static struct json_object *actor(const Rp__V1__Actor *who)
{
	struct json_object *object = json_object_new_object();
	add_text(object, "subject", who->subject);
	add_text(object, "kind", who->kind);
	add_text(object, "tokenId", who->token_id);
	add_text(object, "creator", who->creator);
	return object;
}

static struct json_object *release(const Rp__V1__Release *what)
{
	struct json_object *object = json_object_new_object();
	json_add_string(object, "service", what->service);
	json_add_string(object, "environment", what->environment);
	add_text(object, "namespace", what->namespace_);
	add_text(object, "releaseId", what->release_id);
	add_text(object, "version", what->version);
	add_text(object, "sourceSha", what->source_sha);
	add_text(object, "artifact", what->artifact_digest);
	add_text(object, "repository", what->artifact_repository);
	return object;
}

static struct json_object *timestamps(const Rp__V1__Verdict *verdict, const struct statement_signing *signing)
{
	struct json_object *object = json_object_new_object();
	json_add_time(object, "requested", verdict->requested_at_us);
	json_add_time(object, "evidenceComplete", verdict->evidence_complete_at_us);
	json_add_time(object, "decided", verdict->decided_at_us);
	json_add_time(object, "signed", signing->signed_at_us);
	return object;
}

struct json_object *predicate_build(const Rp__V1__Verdict *verdict, const struct statement_signing *signing)
{
	const Rp__V1__Binding *binding = verdict->binding;
	struct json_object *object = json_object_new_object();
	json_add_string(object, "passportId", signing->passport_id);
	json_add_string(object, "evaluationId", verdict->evaluation_id);
	json_add_string(object, "requestDigest", verdict->request_digest);
	json_add_string(object, "workspace", verdict->workspace);
	json_add_string(object, "decision", decision_name(verdict->decision));
	json_add_string(object, "mode", mode_name(binding->mode));
	add_text(object, "modeReason", binding->mode_reason);
	json_add_string(object, "threshold", decision_name(binding->threshold));
	json_add_bool(object, "enforced", decision_stops(verdict->decision, binding->mode, binding->threshold));
	json_add_int(object, "confidence", verdict->confidence_percent);
	json_add(object, "reasons", reasons(verdict));
	json_add(object, "canary", canary(verdict));
	json_add(object, "rollback", rollback(verdict->rollback));
	json_add(object, "policy", policy(verdict->policy));
	json_add(object, "evidence", evidence(verdict));
	json_add(object, "approvals", approvals(verdict));
	json_add(object, "waivers", json_object_new_array());
	json_add(object, "freezes", json_object_new_array());
	json_add(object, "actor", actor(verdict->actor));
	json_add(object, "release", release(verdict->release));
	json_add(object, "timestamps", timestamps(verdict, signing));
	json_add_time(object, "retryAfter", verdict->retry_after_us);
	json_add_time(object, "validUntil", signing->valid_until_us);
	json_add_string(object, "keyId", signing->key_id);
	return object;
}
