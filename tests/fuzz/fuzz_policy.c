/*
 * YAML that is accepted is JSON that the scanner accepts, and each of its characters has a place in the text; a policy
 * that is accepted is the same one from its canonical form; one that is not says why, and where.
 */
#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "json/fields.h"
#include "json/json.h"
#include "policy/policy.h"
#include "policy/yaml.h"

struct walk {
	const struct yaml_tree *tree;
	struct arena *arena;
	unsigned lines; /* of the text, at most */
	unsigned left;  /* values to look at: pointers of deep values are long */
};

static void check_place(const struct walk *walk, struct yaml_place place)
{
	FUZZ_REQUIRE(place.line >= 1 && place.line <= walk->lines && place.column >= 1);
}

static void check_text(const struct walk *walk, const char *pointer, size_t len)
{
	for (size_t offset = 0; offset <= len; offset += 1 + len / 64)
		check_place(walk, yaml_tree_text_place(walk->tree, pointer, offset));
}

static void walk_values(struct walk *walk, const char *pointer, struct json_object *value)
{
	if (walk->left == 0)
		return;
	walk->left--;
	check_place(walk, yaml_tree_place(walk->tree, pointer));
	check_place(walk, yaml_tree_name_place(walk->tree, pointer));
	if (json_object_is_type(value, json_type_string)) {
		check_text(walk, pointer, (size_t)json_object_get_string_len(value));
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, name, member)
			walk_values(walk, json_pointer_member(walk->arena, pointer, name), member);
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			walk_values(
				walk, json_pointer_index(walk->arena, pointer, i), json_object_array_get_idx(value, i));
	}
}

static void check_yaml(const char *text, size_t size)
{
	owned(yaml_tree) struct yaml_tree *tree = NULL;
	owned(arena) struct arena *arena = arena_create();
	owned_buf struct buf canonical = { 0 };
	struct err err = { 0 };
	if (!yaml_tree_parse(text, size, &tree, &err)) {
		unsigned line, column;
		FUZZ_REQUIRE(sscanf(err.where, "%u:%u", &line, &column) == 2 && line >= 1 && column >= 1);
		FUZZ_REQUIRE(err.text[0] != '\0');
		return;
	}
	FUZZ_REQUIRE(json_canonical(yaml_tree_json(tree), &canonical, &err));
	FUZZ_REQUIRE(json_scan(canonical.data, canonical.len, JSON_DEPTH_MAX, &err));
	struct walk walk = { .tree = tree, .arena = arena, .lines = 1, .left = 200 };
	for (size_t i = 0; i < size; i++)
		walk.lines += text[i] == '\n' || text[i] == '\r';
	walk_values(&walk, "", yaml_tree_json(tree));
}

static void check_findings(const struct policy_findings *findings, const struct err *err)
{
	FUZZ_REQUIRE(findings->errors > 0 && findings->count > 0);
	FUZZ_REQUIRE(err->kind == ERR_INVALID || err->kind == ERR_TOO_LARGE);
	for (size_t i = 0; i < findings->count; i++) {
		const struct policy_finding *finding = &findings->items[i];
		FUZZ_REQUIRE(finding->line >= 1 && finding->column >= 1 && finding->text[0] != '\0');
		FUZZ_REQUIRE(utf8_valid(finding->text, strlen(finding->text)));
		FUZZ_REQUIRE(utf8_valid(finding->pointer, strlen(finding->pointer)));
	}
}

static void check_policy(const char *text, size_t size)
{
	owned(policy) struct policy *policy = NULL;
	owned(policy) struct policy *loaded = NULL;
	owned(arena) struct arena *arena = arena_create();
	struct policy_findings findings;
	struct err err = { 0 };
	if (!policy_parse(text, size, &policy, arena, &findings, &err)) {
		check_findings(&findings, &err);
		return;
	}
	FUZZ_REQUIRE(findings.errors == 0);
	FUZZ_REQUIRE(policy_load(policy->canonical, policy->canonical_len, &loaded, &err));
	FUZZ_REQUIRE(strcmp(loaded->digest, policy->digest) == 0);
	FUZZ_REQUIRE(strcmp(loaded->canonical, policy->canonical) == 0);
	FUZZ_REQUIRE(loaded->rule_count == policy->rule_count && loaded->evidence_count == policy->evidence_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_yaml((const char *)data, size);
	check_policy((const char *)data, size);
	return 0;
}
