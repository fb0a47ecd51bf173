#include "policy/document.h"

#include <json-c/json_object.h>
#include <string.h>

#include "base/err.h"
#include "json/fields.h"
#include "policy/environment.h"
#include "policy/query.h"

#define SECOND_MS INT64_C(1000)
#define DAY_MS (INT64_C(86400) * SECOND_MS)
#define MAX_AGE_MAX_MS (366 * DAY_MS)
#define TIMEOUT_DEFAULT_MS (3 * SECOND_MS)
#define TIMEOUT_MAX_MS (60 * SECOND_MS)

static bool is_name(const char *text)
{
	return json_pattern_check(text, JSON_PATTERN_NAME, "", NULL);
}

static bool is_api_version(const char *text)
{
	return strcmp(text, POLICY_API_VERSION) == 0;
}

static bool is_kind(const char *text)
{
	return strcmp(text, POLICY_KIND) == 0;
}

static bool is_variable(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	return !(*text >= '0' && *text <= '9') && strspn(text, letters) == strlen(text);
}

static const struct read_form api_version_form = { 64, is_api_version, POLICY_API_VERSION, false };
static const struct read_form kind_form = { 64, is_kind, POLICY_KIND, false };
static const struct read_form name_form = { 128, is_name,
	"letters, digits, '.', '_' and '-', a letter or digit first and last", false };
static const struct read_form variable_form = { 64, is_variable, "letters, digits and '_', no digit first", false };
static const struct read_form line_form = { 64, NULL, NULL, false };
static const struct read_form description_form = { 4096, NULL, NULL, true };
static const struct read_form query_form = { 4096, NULL, NULL, true };

static void read_evidence_name(struct reader *r, const struct at *at, struct json_object *object,
	const struct policy *policy, struct policy_evidence *evidence)
{
	struct at place = { .up = at, .name = "name" };
	const char *name;
	if (!read_text(r, at, object, "name", true, &variable_form, &name))
		return;
	if (environment_reserves(name)) {
		read_error(r, &place, "evidence may not be called %s: expressions have that word already", name);
		return;
	}
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const char *other = policy->evidence[i].name;
		if (other != NULL && strcmp(other, name) == 0) {
			read_error(r, &place, "there is evidence called %s already", name);
			return;
		}
	}
	evidence->name = name;
}

static void read_class(
	struct reader *r, const struct at *at, struct json_object *object, struct policy_evidence *evidence)
{
	static const char *const words[] = { "claimed", "ingested", "attested", "observed", NULL };
	static const Rp__V1__EvidenceClass classes[] = { RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED,
		RP__V1__EVIDENCE_CLASS__CLASS_INGESTED, RP__V1__EVIDENCE_CLASS__CLASS_ATTESTED,
		RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED };
	struct at place = { .up = at, .name = "class" };
	bool observed = json_object_object_get_ex(object, "connector", NULL);
	evidence->evidence_class =
		observed ? RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED : RP__V1__EVIDENCE_CLASS__CLASS_INGESTED;
	int index;
	if (!read_word(r, at, object, "class", false, words, &index))
		return;
	if (observed && classes[index] != RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED)
		read_error(r, &place, "what a connector sees is observed, never %s", words[index]);
	else if (!observed && classes[index] == RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED)
		read_error(r, &place, "observed evidence needs a connector and a query");
	else if (classes[index] == RP__V1__EVIDENCE_CLASS__CLASS_ATTESTED)
		read_error(
			r, &place, "attested evidence needs keys, and " POLICY_API_VERSION " has no member for them");
	else
		evidence->evidence_class = classes[index];
}

static void read_query(
	struct reader *r, const struct at *at, struct json_object *object, struct policy_evidence *evidence)
{
	struct at place = { .up = at, .name = "query" };
	size_t offset;
	struct err err = { 0 };
	if (read_text(r, at, object, "query", true, &query_form, &evidence->query) &&
		!policy_template_check(evidence->query, &offset, &err))
		read_error_text(r, &place, offset, "%s", err.text);
}

static void refuse_member(
	struct reader *r, const struct at *at, struct json_object *object, const char *name, const char *text)
{
	struct at place = { .up = at, .name = name };
	if (json_object_object_get_ex(object, name, NULL))
		read_error_name(r, &place, "%s", text);
}

static void read_source(
	struct reader *r, const struct at *at, struct json_object *object, struct policy_evidence *evidence)
{
	evidence->type = evidence->name;
	evidence->timeout_ms = TIMEOUT_DEFAULT_MS;
	if (json_object_object_get_ex(object, "connector", NULL)) {
		read_text(r, at, object, "connector", true, &name_form, &evidence->connector);
		read_query(r, at, object, evidence);
		read_duration(r, at, object, "timeout", false, 100, TIMEOUT_MAX_MS, &evidence->timeout_ms);
		refuse_member(r, at, object, "type", "type is for evidence without a connector");
	} else {
		read_text(r, at, object, "type", false, &name_form, &evidence->type);
		refuse_member(r, at, object, "query", "a query needs a connector");
		refuse_member(r, at, object, "timeout", "a timeout needs a connector");
	}
}

static void read_evidence(struct reader *r, const struct at *at, struct json_object *object,
	const struct policy *policy, struct policy_evidence *evidence)
{
	static const char *const names[] = { "name", "connector", "query", "type", "class", "maxAge", "timeout",
		"optional", NULL };
	if (!read_object(r, at, object, names))
		return;
	read_evidence_name(r, at, object, policy, evidence);
	read_class(r, at, object, evidence);
	read_source(r, at, object, evidence);
	bool claimed = evidence->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED;
	read_duration(r, at, object, "maxAge", !claimed, SECOND_MS, MAX_AGE_MAX_MS, &evidence->max_age_ms);
	read_flag(r, at, object, "optional", &evidence->optional);
}

static void read_evidence_list(
	struct reader *r, const struct at *at, struct json_object *document, struct policy *policy)
{
	struct json_object *list;
	if (!read_list(r, at, document, "evidence", true, POLICY_EVIDENCE_MAX, &list))
		return;
	struct at list_at = { .up = at, .name = "evidence" };
	size_t count = json_object_array_length(list);
	struct policy_evidence *evidence = arena_array(r->arena, count, sizeof(*evidence));
	policy->evidence = evidence;
	for (size_t i = 0; i < count; i++) {
		struct at place = { .up = &list_at, .index = i };
		read_evidence(r, &place, json_object_array_get_idx(list, i), policy, &evidence[i]);
		policy->evidence_count = i + 1;
	}
}

static bool declared(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->evidence_count; i++)
		if (policy->evidence[i].name != NULL && strcmp(policy->evidence[i].name, name) == 0)
			return true;
	return false;
}

static void read_watch(struct reader *r, const struct at *at, struct json_object *object, const struct policy *policy,
	struct policy_step *step)
{
	struct json_object *list;
	if (!read_list(r, at, object, "watch", false, POLICY_WATCH_MAX, &list))
		return;
	struct at list_at = { .up = at, .name = "watch" };
	size_t count = json_object_array_length(list);
	const char **watch = arena_array(r->arena, count, sizeof(*watch));
	for (size_t i = 0; i < count; i++) {
		struct at place = { .up = &list_at, .index = i };
		struct json_object *name = json_object_array_get_idx(list, i);
		if (!json_object_is_type(name, json_type_string) || !declared(policy, json_object_get_string(name)))
			read_error(r, &place, "must be the name of declared evidence");
		else
			watch[i] = arena_strdup(r->arena, json_object_get_string(name));
	}
	step->watch = watch;
	step->watch_count = count;
}

static void read_steps(struct reader *r, const struct at *at, struct json_object *canary, struct policy *policy)
{
	static const char *const names[] = { "weight", "pause", "watch", NULL };
	struct json_object *list;
	if (!read_list(r, at, canary, "steps", true, POLICY_STEPS_MAX, &list))
		return;
	struct at list_at = { .up = at, .name = "steps" };
	size_t count = json_object_array_length(list);
	struct policy_step *steps = arena_array(r->arena, count, sizeof(*steps));
	for (size_t i = 0; i < count; i++) {
		struct at place = { .up = &list_at, .index = i };
		struct json_object *object = json_object_array_get_idx(list, i);
		int64_t weight = 0;
		if (!read_object(r, &place, object, names))
			continue;
		if (read_integer(r, &place, object, "weight", true, 1, 100, &weight) && i > 0 &&
			weight < steps[i - 1].weight_percent) {
			struct at weight_at = { .up = &place, .name = "weight" };
			read_error(r, &weight_at, "the weight is smaller than that of the step before");
		}
		steps[i].weight_percent = (uint32_t)weight;
		read_duration(r, &place, object, "pause", true, 0, 30 * DAY_MS, &steps[i].pause_ms);
		read_watch(r, &place, object, policy, &steps[i]);
	}
	policy->steps = steps;
	policy->step_count = count;
}

static void read_canary(struct reader *r, const struct at *at, struct json_object *document, struct policy *policy)
{
	static const char *const names[] = { "steps", NULL };
	struct at place = { .up = at, .name = "canary" };
	struct json_object *canary;
	if (json_object_object_get_ex(document, "canary", &canary)) {
		if (read_object(r, &place, canary, names))
			read_steps(r, &place, canary, policy);
		return;
	}
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		if (rule->otherwise == RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY ||
			rule->absent == RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY) {
			read_error(r, at, "canary is missing: a rule can decide ALLOW_WITH_CANARY");
			return;
		}
	}
}

void document_read(struct reader *r, struct json_object *document, struct policy *policy)
{
	static const char *const names[] = { "apiVersion", "kind", "name", "version", "description", "evidence",
		"rules", "canary", NULL };
	const struct at root = { .up = NULL };
	const char *fixed;
	if (!read_object(r, &root, document, names))
		return;
	read_text(r, &root, document, "apiVersion", true, &api_version_form, &fixed);
	read_text(r, &root, document, "kind", true, &kind_form, &fixed);
	read_text(r, &root, document, "name", true, &name_form, &policy->name);
	read_text(r, &root, document, "version", true, &line_form, &policy->version);
	read_text(r, &root, document, "description", false, &description_form, &policy->description);
	read_evidence_list(r, &root, document, policy);
	document_read_rules(r, &root, document, policy);
	read_canary(r, &root, document, policy);
}
