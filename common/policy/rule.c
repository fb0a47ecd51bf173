/* Rules: expressions are compiled and checked here, so that nothing is found out first when a release waits. */
#include <json-c/json_object.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/cel.h"
#include "policy/decide.h"
#include "policy/document.h"
#include "policy/environment.h"
#include "policy/names.h"

static bool is_rule_id(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	return *text != '.' && *text != '-' && *text != '_' && strspn(text, letters) == strlen(text);
}

static const struct read_form id_form = { 64, is_rule_id, "letters, digits, '.', '_' and '-', a letter or digit first",
	false };
static const struct read_form expression_form = { CEL_SOURCE_MAX_BYTES, NULL, NULL, true };
static const struct read_form text_form = { 512, NULL, NULL, false };

struct rules {
	struct reader *r;
	struct policy *policy;
	const struct cel_variable *variables;
	size_t variable_count;
	struct policy_rule *items;
	size_t bytes; /* of the expressions so far */
};

/* The byte in source that "line:column" (in characters, from 1) names. */
static size_t offset_of(const char *source, const char *where)
{
	unsigned line = 1, column = 1;
	if (sscanf(where, "%u:%u", &line, &column) != 2)
		return 0;
	const char *p = source;
	for (; line > 1 && strchr(p, '\n') != NULL; line--)
		p = strchr(p, '\n') + 1;
	for (; column > 1 && *p != '\0'; column--) {
		uint32_t c;
		p += utf8_decode(p, strlen(p), &c);
	}
	return (size_t)(p - source);
}

static void destroy_program(void *program)
{
	cel_program_destroy(program);
}

static void compile(struct rules *rules, const struct at *at, struct policy_rule *rule)
{
	struct reader *r = rules->r;
	struct at place = { .up = at, .name = "require" };
	struct cel_program *program;
	struct err err = { 0 };
	rules->bytes += strlen(rule->require);
	if (rules->bytes > POLICY_EXPRESSIONS_MAX_BYTES) {
		read_error(r, &place, "the expressions of all rules are longer than %d KiB together",
			POLICY_EXPRESSIONS_MAX_BYTES / 1024);
		return;
	}
	if (!cel_compile(
		    rule->require, strlen(rule->require), rules->variables, rules->variable_count, &program, &err)) {
		bool unknown = strstr(err.text, "unknown name") != NULL;
		const char *names = unknown ? environment_names(rules->policy, r->findings_arena) : "";
		read_error_text(r, &place, offset_of(rule->require, err.where), "%s%s%s", err.text,
			unknown ? "; known are " : "", names);
		return;
	}
	arena_defer(r->arena, destroy_program, program);
	rule->program = program;
	enum cel_kind type = cel_program_type(program);
	if (type != CEL_BOOL && type != CEL_DYN)
		read_error(r, &place, "require must be a condition (true or false), not %s", cel_kind_name(type));
}

static void note_mentions(struct rules *rules, struct policy_rule *rule)
{
	const struct policy *policy = rules->policy;
	struct policy_mention *mentions = arena_array(rules->r->arena, policy->evidence_count, sizeof(*mentions));
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const struct policy_evidence *evidence = &policy->evidence[i];
		if (evidence->name == NULL || !cel_program_names(rule->program, evidence->name))
			continue;
		mentions[rule->mention_count++] = (struct policy_mention){
			.evidence = i,
			.tested = evidence->optional && cel_program_tests(rule->program, evidence->name),
		};
	}
	rule->mentions = mentions;
}

/* What absence means: at least HOLD, save where the policy says in so many words that it may be milder. */
static void read_absent(struct reader *r, const struct at *at, struct json_object *object, struct policy_rule *rule)
{
	struct at missing_at = { .up = at, .name = "missing" }, milder_at = { .up = at, .name = "milder" };
	bool rollback = rule->otherwise == RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED;
	Rp__V1__Decision normal = RP__V1__DECISION__DECISION_HOLD;
	if (!rollback && rule->otherwise != RP__V1__DECISION__DECISION_UNKNOWN)
		normal = decision_worse(normal, rule->otherwise);
	rule->absent = rule->faulty = normal;
	bool milder = false;
	int index;
	read_flag(r, at, object, "milder", &milder);
	if (!read_word(r, at, object, "missing", false, decision_words, &index)) {
		if (milder && !json_object_object_get_ex(object, "missing", NULL))
			read_error(r, &milder_at, "milder needs missing: what absence shall mean");
		return;
	}
	rule->absent = (Rp__V1__Decision)(index + 1);
	rule->faulty = decision_worse(normal, rule->absent);
	rule->milder = rule->absent < normal;
	if (rule->milder && !milder)
		read_error(r, &missing_at,
			"%s is milder than %s, which absence means here: add milder: true if that is meant",
			decision_name(rule->absent), decision_name(normal));
	else if (milder && !rule->milder)
		read_error(r, &milder_at, "%s is not milder than %s, which absence means here",
			decision_name(rule->absent), decision_name(normal));
}

static void read_otherwise(struct reader *r, const struct at *at, struct json_object *object, struct policy_rule *rule)
{
	struct at place = { .up = at, .name = "otherwise" };
	int index;
	if (!read_word(r, at, object, "otherwise", true, decision_words, &index))
		return;
	rule->otherwise = (Rp__V1__Decision)(index + 1);
	if (rule->otherwise == RP__V1__DECISION__DECISION_ALLOW)
		read_error(r, &place, "a rule that is not met can't mean ALLOW");
}

static void read_id(struct rules *rules, const struct at *at, struct json_object *object, struct policy_rule *rule)
{
	struct reader *r = rules->r;
	struct at place = { .up = at, .name = "id" };
	if (!read_text(r, at, object, "id", true, &id_form, &rule->id))
		return;
	if (strcmp(rule->id, POLICY_RULE_NO_EVIDENCE) == 0)
		read_error(r, &place, "%s is the name of a rule of ours", rule->id);
	for (const struct policy_rule *other = rules->items; other < rule; other++)
		if (other->id != NULL && strcmp(other->id, rule->id) == 0) {
			read_error(r, &place, "there is a rule called %s already", rule->id);
			return;
		}
}

static void read_rule(struct rules *rules, const struct at *at, struct json_object *object, struct policy_rule *rule)
{
	static const char *const names[] = { "id", "require", "otherwise", "reason", "nextAction", "weight", "missing",
		"milder", NULL };
	struct reader *r = rules->r;
	int64_t weight = 1;
	if (!read_object(r, at, object, names))
		return;
	read_id(rules, at, object, rule);
	if (read_text(r, at, object, "require", true, &expression_form, &rule->require))
		compile(rules, at, rule);
	if (rule->program != NULL)
		note_mentions(rules, rule);
	read_otherwise(r, at, object, rule);
	read_text(r, at, object, "reason", false, &text_form, &rule->reason);
	read_text(r, at, object, "nextAction", false, &text_form, &rule->next_action);
	read_integer(r, at, object, "weight", false, 1, 1000, &weight);
	rule->weight = (uint32_t)weight;
	read_absent(r, at, object, rule);
}

/* Does a rule name this evidence? *tested: does one test it with has()? *complete: is every rule known? */
static bool named(const struct policy *policy, size_t evidence, bool *tested, bool *complete)
{
	bool found = false;
	*tested = false;
	*complete = true;
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		*complete = *complete && rule->program != NULL;
		for (size_t j = 0; j < rule->mention_count; j++) {
			if (rule->mentions[j].evidence != evidence)
				continue;
			found = true;
			*tested = *tested || rule->mentions[j].tested;
		}
	}
	return found;
}

/* Only where every expression could be read: else these would be consequences of other findings. */
static void check_use(struct reader *r, const struct at *at, const struct policy *policy)
{
	struct at evidence_at = { .up = at, .name = "evidence" }, rules_at = { .up = at, .name = "rules" };
	bool required = false, tested, complete = true;
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const struct policy_evidence *evidence = &policy->evidence[i];
		struct at place = { .up = &evidence_at, .index = i };
		bool used = named(policy, i, &tested, &complete);
		if (!complete || evidence->name == NULL)
			return;
		required = required || (used && !evidence->optional);
		if (!used)
			read_warning(r, &place, "no rule names %s", evidence->name);
		else if (evidence->optional && !tested)
			read_warning(r, &place, "%s is optional, but no rule tests it with has(): its absence counts",
				evidence->name);
	}
	if (!required)
		read_error(r, &rules_at, "no rule names required evidence: such a policy would decide on nothing");
}

void document_read_rules(struct reader *r, const struct at *at, struct json_object *document, struct policy *policy)
{
	struct json_object *list;
	if (!read_list(r, at, document, "rules", true, POLICY_RULES_MAX, &list))
		return;
	struct at list_at = { .up = at, .name = "rules" };
	size_t count = json_object_array_length(list);
	struct rules rules = { .r = r, .policy = policy };
	rules.items = arena_array(r->arena, count, sizeof(*rules.items));
	rules.variables = environment_variables(policy, r->findings_arena, &rules.variable_count);
	for (size_t i = 0; i < count; i++) {
		struct at place = { .up = &list_at, .index = i };
		read_rule(&rules, &place, json_object_array_get_idx(list, i), &rules.items[i]);
	}
	policy->rules = rules.items;
	policy->rule_count = count;
	check_use(r, at, policy);
}
