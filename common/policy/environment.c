#include "policy/environment.h"

#include <string.h>

#include "base/own.h"
#include "policy/names.h"

/* With dots, so that a member that does not exist is found when the policy is stored. */
static const struct cel_variable context[] = {
	{ "actor.kind", CEL_STRING },
	{ "actor.subject", CEL_STRING },
	{ "mode", CEL_STRING },
	{ "now", CEL_TIMESTAMP },
	{ "release.artifactDigest", CEL_STRING },
	{ "release.environment", CEL_STRING },
	{ "release.namespace", CEL_STRING },
	{ "release.releaseId", CEL_STRING },
	{ "release.service", CEL_STRING },
	{ "release.sourceSha", CEL_STRING },
	{ "release.version", CEL_STRING },
	{ "rollback.artifact", CEL_STRING },
	{ "rollback.verified", CEL_BOOL },
};

bool environment_reserves(const char *name)
{
	static const char *const words[] = { "true", "false", "null", "in", "as", "break", "const", "continue", "else",
		"for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
		"while", "bool", "bytes", "double", "dyn", "duration", "has", "int", "list", "map", "null_type", "size",
		"string", "timestamp", "type", "uint" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(context); i++) {
		size_t root = strcspn(context[i].name, ".");
		if (strlen(name) == root && memcmp(context[i].name, name, root) == 0)
			return true;
	}
	return false;
}

const struct cel_variable *environment_variables(const struct policy *policy, struct arena *arena, size_t *count)
{
	struct cel_variable *variables =
		arena_array(arena, ARRAY_SIZE(context) + policy->evidence_count, sizeof(*variables));
	memcpy(variables, context, sizeof(context));
	*count = ARRAY_SIZE(context);
	for (size_t i = 0; i < policy->evidence_count; i++)
		if (policy->evidence[i].name != NULL)
			variables[(*count)++] = (struct cel_variable){ policy->evidence[i].name, CEL_MAP };
	return variables;
}

const char *environment_names(const struct policy *policy, struct arena *arena)
{
	size_t count;
	const struct cel_variable *variables = environment_variables(policy, arena, &count);
	const char *text = variables[0].name;
	for (size_t i = 1; i < count; i++)
		text = arena_printf(arena, "%s, %s", text, variables[i].name);
	return text;
}

static struct cel_value boolean(bool value)
{
	return (struct cel_value){ .kind = CEL_BOOL, .boolean = value };
}

static void set(struct cel_binding *bindings, size_t *count, const char *name, struct cel_value value)
{
	bindings[(*count)++] = (struct cel_binding){ name, value };
}

/*
 * What a connector measured is a double, whole or not: else `errorRate.value * 100.0` would fail on the day when the
 * value is 0. Recursion is bounded by the depth of JSON.
 */
static struct cel_value measured(const struct cel_value *value, struct arena *arena)
{
	struct cel_value result = *value;
	if (value->kind == CEL_INT) {
		result = (struct cel_value){ .kind = CEL_DOUBLE, .number = (double)value->integer };
	} else if (value->kind == CEL_LIST) {
		struct cel_value *items = arena_array(arena, value->list.count, sizeof(*items));
		for (size_t i = 0; i < value->list.count; i++)
			items[i] = measured(&value->list.items[i], arena);
		result.list.items = items;
	} else if (value->kind == CEL_MAP) {
		struct cel_map_entry *entries = arena_array(arena, value->map.count, sizeof(*entries));
		for (size_t i = 0; i < value->map.count; i++)
			entries[i] = (struct cel_map_entry){ value->map.entries[i].key,
				measured(&value->map.entries[i].value, arena) };
		result.map.entries = entries;
	}
	return result;
}

/* The fact's members; ours win over members of the same name. */
static struct cel_value evidence_value(const struct evidence_state *state, struct arena *arena)
{
	struct cel_value value = { .kind = CEL_MAP };
	if (state->status != EVIDENCE_OK)
		return value;
	struct cel_value members = cel_from_json(state->value, arena);
	if (state->fact->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED)
		members = measured(&members, arena);
	struct cel_map_entry *entries = arena_array(arena, members.map.count + 2, sizeof(*entries));
	size_t n = 0;
	entries[n++] =
		(struct cel_map_entry){ cel_string("observedAt"), cel_timestamp_us(state->fact->observed_at_us) };
	entries[n++] = (struct cel_map_entry){ cel_string("age"), cel_duration_us(state->age_ms * 1000) };
	for (size_t i = 0; i < members.map.count; i++) {
		const struct cel_map_entry *member = &members.map.entries[i];
		if (!cel_equal(&member->key, &entries[0].key) && !cel_equal(&member->key, &entries[1].key))
			entries[n++] = *member;
	}
	value.map.entries = entries;
	value.map.count = n;
	return value;
}

const struct cel_binding *environment_bind(const struct policy *policy, const Rp__V1__GateRequest *request,
	const Rp__V1__RollbackTarget *rollback, const struct evidence_state *states, int64_t now_us,
	struct arena *arena, size_t *count)
{
	static const Rp__V1__Actor nobody = RP__V1__ACTOR__INIT;
	const Rp__V1__Actor *actor = request->actor != NULL ? request->actor : &nobody;
	const Rp__V1__Release *release = request->release;
	struct cel_binding *b = arena_array(arena, ARRAY_SIZE(context) + policy->evidence_count, sizeof(*b));
	size_t n = 0;
	set(b, &n, "actor.kind", cel_string(actor->kind));
	set(b, &n, "actor.subject", cel_string(actor->subject));
	set(b, &n, "mode", cel_string(mode_name(request->binding->mode)));
	set(b, &n, "now", cel_timestamp_us(now_us));
	set(b, &n, "release.artifactDigest", cel_string(release->artifact_digest));
	set(b, &n, "release.environment", cel_string(release->environment));
	set(b, &n, "release.namespace", cel_string(release->namespace_));
	set(b, &n, "release.releaseId", cel_string(release->release_id));
	set(b, &n, "release.service", cel_string(release->service));
	set(b, &n, "release.sourceSha", cel_string(release->source_sha));
	set(b, &n, "release.version", cel_string(release->version));
	set(b, &n, "rollback.artifact", cel_string(rollback != NULL ? rollback->artifact_digest : ""));
	set(b, &n, "rollback.verified", boolean(rollback != NULL && rollback->verified));
	for (size_t i = 0; i < policy->evidence_count; i++)
		set(b, &n, policy->evidence[i].name, evidence_value(&states[i], arena));
	*count = n;
	return b;
}
