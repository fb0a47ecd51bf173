#include "policy/policy.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/hash.h"
#include "json/json.h"
#include "policy/document.h"
#include "policy/yaml.h"

void policy_destroy(struct policy *policy)
{
	/* The policy itself lies in its arena. */
	if (policy != NULL)
		arena_destroy(policy->arena);
}

static struct policy *policy_create(void)
{
	struct arena *arena = arena_create();
	struct policy *policy = arena_alloc(arena, sizeof(*policy));
	policy->arena = arena;
	return policy;
}

static bool set_canonical(struct policy *policy, struct json_object *document, struct err *err)
{
	owned_buf struct buf canonical = { 0 };
	if (!json_canonical(document, &canonical, err))
		return false;
	policy->canonical = arena_strndup(policy->arena, canonical.data, canonical.len);
	policy->canonical_len = canonical.len;
	char hex[SHA256_HEX_SIZE];
	snprintf(policy->digest, sizeof(policy->digest), "sha256:%s", sha256_hex(canonical.data, canonical.len, hex));
	return true;
}

static void sort_findings(struct policy_findings *findings)
{
	for (size_t i = 1; i < findings->count; i++) {
		struct policy_finding moved = findings->items[i];
		size_t j = i;
		for (; j > 0; j--) {
			const struct policy_finding *before = &findings->items[j - 1];
			if (before->line < moved.line || (before->line == moved.line && before->column <= moved.column))
				break;
			findings->items[j] = *before;
		}
		findings->items[j] = moved;
	}
}

static bool first_error(const struct policy_findings *findings, struct err *err)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct policy_finding *finding = &findings->items[i];
		char where[32];
		if (finding->severity != POLICY_ERROR)
			continue;
		snprintf(where, sizeof(where), "%u:%u", finding->line, finding->column);
		return err_set_at(err, ERR_INVALID, finding->line != 0 ? where : finding->pointer, "%s", finding->text);
	}
	return err_set(err, ERR_INVALID, "the policy has more than %d findings", POLICY_FINDINGS_MAX);
}

static bool read_policy(struct json_object *document, const struct yaml_tree *yaml, struct arena *findings_arena,
	struct policy **policy, struct policy_findings *findings, struct err *err)
{
	owned(policy) struct policy *made = policy_create();
	struct reader r = { .arena = made->arena, .yaml = yaml, .findings_arena = findings_arena };
	document_read(&r, document, made);
	sort_findings(&r.findings);
	*findings = r.findings;
	if (r.findings.errors > 0)
		return first_error(findings, err);
	if (!set_canonical(made, document, err))
		return false;
	*policy = take(made);
	return true;
}

/* A text that is no YAML has one finding. */
static void set_syntax_finding(struct arena *arena, struct policy_findings *findings, const struct err *problem)
{
	findings->items = arena_alloc(arena, sizeof(*findings->items));
	findings->items[0] = (struct policy_finding){
		.severity = POLICY_ERROR,
		.line = 1,
		.column = 1,
		.pointer = "",
		.text = arena_strdup(arena, problem->text),
	};
	sscanf(problem->where, "%u:%u", &findings->items[0].line, &findings->items[0].column);
	findings->count = 1;
	findings->errors = 1;
}

bool policy_parse(const char *text, size_t len, struct policy **policy, struct arena *arena,
	struct policy_findings *findings, struct err *err)
{
	owned(yaml_tree) struct yaml_tree *yaml = NULL;
	struct err problem = { 0 };
	*findings = (struct policy_findings){ 0 };
	if (!yaml_tree_parse(text, len, &yaml, &problem)) {
		set_syntax_finding(arena, findings, &problem);
		return err_set_at(err, problem.kind, problem.where, "%s", problem.text);
	}
	return read_policy(yaml_tree_json(yaml), yaml, arena, policy, findings, err);
}

bool policy_load(const char *json, size_t len, struct policy **policy, struct err *err)
{
	owned(json) struct json_object *document = NULL;
	owned(arena) struct arena *arena = arena_create();
	struct policy_findings findings;
	return json_parse(json, len, &document, err) && read_policy(document, NULL, arena, policy, &findings, err);
}
