#include "binding_body.h"

#include <string.h>

#include "policy/names.h"

#define DEADLINE_DEFAULT_MS 10000
#define REFRESH_MIN_MS 5000
#define CONNECTORS_MAX 64

#define AT(member) offsetof(struct binding_body, member)

static const struct json_field ref_fields[] = {
	{ "name", JSON_STRING, AT(policy_ref.name), .mandatory = true, .max = 128, .pattern = JSON_PATTERN_NAME },
	{ "version", JSON_STRING, AT(policy_ref.version), .min = 1, .max = 128, .pattern = JSON_PATTERN_ONE_LINE },
	{ 0 },
};
static const struct json_field body_fields[] = {
	{ "policy", JSON_ANY, AT(policy), .mandatory = true },
	{ "mode", JSON_ENUM, AT(mode), .mandatory = true, .names = mode_words },
	{ "threshold", JSON_ENUM, AT(threshold), .names = decision_words, .present_offset = AT(has_threshold) },
	{ "deadline", JSON_DURATION, AT(deadline_ms), .min = 1000, .max = 60000 },
	{ "namespace", JSON_STRING, AT(namespace), .pattern = JSON_PATTERN_NAME },
	{ "connectors", JSON_STRING_ARRAY, AT(connectors), .max = CONNECTORS_MAX, .pattern = JSON_PATTERN_NAME,
		.present_offset = AT(has_connectors) },
	{ 0 },
};

bool binding_body_read(struct json_object *json, struct arena *arena, struct binding_body *body, struct err *err)
{
	struct binding_body result = { .deadline_ms = DEADLINE_DEFAULT_MS, .namespace = "" };
	if (!json_read(json, body_fields, "", arena, &result, err))
		return false;
	if (json_object_is_type(result.policy, json_type_string)) {
		result.policy_digest = arena_strdup(arena, json_object_get_string(result.policy));
		if (!json_pattern_check(result.policy_digest, JSON_PATTERN_DIGEST, "/policy", err))
			return false;
	} else if (!json_read(result.policy, ref_fields, "/policy", arena, &result, err)) {
		return false;
	}
	*body = result;
	return true;
}

static bool is_listed(const struct json_array *list, const char *text)
{
	const char *const *items = list->items;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(items[i], text) == 0)
			return true;
	return false;
}

int64_t binding_refresh_ms(const struct policy *policy, const struct json_array *connectors)
{
	int64_t smallest_ms = 0;
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const struct policy_evidence *evidence = &policy->evidence[i];
		if (evidence->connector == NULL || !is_listed(connectors, evidence->connector))
			continue;
		if (smallest_ms == 0 || evidence->max_age_ms < smallest_ms)
			smallest_ms = evidence->max_age_ms;
	}
	if (smallest_ms == 0)
		return 0;
	return smallest_ms / 2 > REFRESH_MIN_MS ? smallest_ms / 2 : REFRESH_MIN_MS;
}

void binding_default_connectors(const struct policy *policy, struct arena *arena, struct binding_body *body)
{
	if (body->has_connectors)
		return;
	const char **names = arena_array(arena, policy->evidence_count, sizeof(*names));
	body->connectors = (struct json_array){ names, 0 };
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const char *connector = policy->evidence[i].connector;
		if (connector != NULL && !is_listed(&body->connectors, connector))
			names[body->connectors.count++] = arena_strdup(arena, connector);
	}
}
