/*
 * What names mean (cel-spec, "Name Resolution"): a comprehension's variable, a declared variable whose name may have
 * dots (the longest that fits), or a type. Without declarations every reading is kept, and the evaluation takes the
 * first that is bound.
 */
#include "cel/program.h"

#include <assert.h>
#include <string.h>

#include "cel/function.h"
#include "cel/regex.h"

#define SEGMENTS_MAX 16 /* dots in the name of a variable, its container's too */

#define PATTERNS_SIZE_MAX 20000 /* instructions: a short pattern may be a large program */

struct resolver {
	struct cel_program *program;
	const struct cel_env *env;
	struct cel_text scope[CEL_DEPTH_MAX + 1]; /* comprehension variables, innermost last */
	unsigned scope_count;
	size_t pattern_size; /* of all patterns so far */
	struct err *err;
};

static bool resolve_node(struct resolver *r, struct cel_node *node);

static bool fail(struct resolver *r, uint32_t at, const char *text, struct cel_text name)
{
	return cel_error_at(&r->program->source, at, r->err, ERR_INVALID, "%s '%.*s'", text, CEL_SHOWN(name));
}

static int32_t find_local(const struct resolver *r, const struct cel_name *name)
{
	if (!name->rooted)
		for (unsigned i = r->scope_count; i > 0; i--)
			if (cel_text_equal(r->scope[i - 1], name->text))
				return (int32_t)i - 1;
	return -1;
}

static const struct cel_variable *find_declared(const struct cel_env *env, const char *name)
{
	for (size_t i = 0; i < env->variable_count; i++)
		if (strcmp(env->variables[i].name, name) == 0)
			return &env->variables[i];
	return NULL;
}

/* The index of the name in the program's names, added if it is new; false if there are too many. */
static bool name_index(struct resolver *r, uint32_t at, const char *name, enum cel_kind kind, int32_t *index)
{
	struct cel_program *program = r->program;
	for (size_t i = 0; i < program->name_count; i++) {
		if (strcmp(program->names[i].name, name) == 0) {
			*index = (int32_t)i;
			return true;
		}
	}
	if (program->name_count == CEL_NAMES_MAX)
		return cel_error_at(
			&program->source, at, r->err, ERR_INVALID, "more than %d different names", CEL_NAMES_MAX);
	*index = (int32_t)program->name_count;
	program->names[program->name_count++] = (struct cel_named){ .name = name, .type = cel_type_of(kind) };
	return true;
}

/* "container.name.field.field": the first `container_len` bytes of the container and so many selections. */
static char *qualified(struct resolver *r, size_t container_len, const struct cel_name *name,
	const struct cel_steps *steps, size_t selections)
{
	size_t len = container_len + 1 + name->text.len;
	for (size_t i = 0; i < selections; i++)
		len += 1 + steps->items[i].field.len;
	char *text = arena_alloc(r->program->arena, len + 1);
	char *end = text;
	if (container_len > 0) {
		end = mempcpy(end, r->env->container, container_len);
		*end++ = '.';
	}
	end = mempcpy(end, name->text.data, name->text.len);
	for (size_t i = 0; i < selections; i++) {
		*end++ = '.';
		end = mempcpy(end, steps->items[i].field.data, steps->items[i].field.len);
	}
	return text;
}

static const struct cel_value *find_type(struct resolver *r, const char *name)
{
	static const enum cel_kind kinds[] = { CEL_NULL, CEL_BOOL, CEL_INT, CEL_UINT, CEL_DOUBLE, CEL_STRING, CEL_BYTES,
		CEL_LIST, CEL_MAP, CEL_TIMESTAMP, CEL_DURATION, CEL_TYPE, CEL_DYN };
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(cel_kind_name(kinds[i]), name) == 0) {
			struct cel_value *type = arena_alloc(r->program->arena, sizeof(*type));
			*type = cel_type_value(kinds[i]);
			return type;
		}
	}
	return NULL;
}

struct candidates {
	struct cel_candidate items[SEGMENTS_MAX * SEGMENTS_MAX + 1];
	size_t count;
};

/* Adds what this reading of the name means, if anything. *settled: no other reading is needed. */
static bool add_reading(
	struct resolver *r, uint32_t at, const char *text, size_t selections, struct candidates *found, bool *settled)
{
	const struct cel_variable *declared = r->env->unchecked ? NULL : find_declared(r->env, text);
	const struct cel_value *type = declared == NULL ? find_type(r, text) : NULL;
	struct cel_candidate candidate = { .variable = -1, .steps = (uint32_t)selections };
	*settled = declared != NULL;
	if (declared != NULL || r->env->unchecked) {
		if (!name_index(r, at, text, declared != NULL ? declared->type : CEL_DYN, &candidate.variable))
			return false;
		found->items[found->count++] = candidate;
	}
	if (type != NULL) {
		candidate.variable = -1;
		candidate.type = type;
		found->items[found->count++] = candidate;
		*settled = true;
	}
	return true;
}

/* All readings of the name with at most so many selections: the longest first, the innermost container first. */
static bool find_readings(struct resolver *r, uint32_t at, const struct cel_name *name, const struct cel_steps *steps,
	size_t selections, struct candidates *found)
{
	const char *container = r->env->container == NULL || name->rooted ? "" : r->env->container;
	found->count = 0;
	for (size_t n = selections + 1; n-- > 0;) {
		for (size_t len = strlen(container), containers = 0; containers < SEGMENTS_MAX - 1; containers++) {
			bool settled;
			if (!add_reading(r, at, qualified(r, len, name, steps, n), n, found, &settled))
				return false;
			if (settled)
				return true;
			if (len == 0)
				break;
			while (len > 0 && container[--len] != '.') {
			}
		}
	}
	return true;
}

static bool is_namespace(const struct cel_env *env, const char *path)
{
	size_t len = strlen(path);
	for (size_t i = 0; i < env->variable_count; i++)
		if (strncmp(env->variables[i].name, path, len) == 0 && env->variables[i].name[len] == '.')
			return true;
	return false;
}

/* Names as much of the path as it takes to see what is wrong: release.nmae where there is a release.name. */
static bool fail_unknown(
	struct resolver *r, uint32_t at, const struct cel_name *name, const struct cel_steps *steps, size_t selections)
{
	size_t shown = 0;
	const char *path = qualified(r, 0, name, steps, shown);
	while (shown < selections && shown < SEGMENTS_MAX && is_namespace(r->env, path))
		path = qualified(r, 0, name, steps, ++shown);
	return fail(r, at, "unknown name", (struct cel_text){ path, strlen(path) });
}

/* The name that starts a chain; steps may be empty. */
static bool resolve_name(
	struct resolver *r, uint32_t at, struct cel_name *name, const struct cel_steps *steps, bool tested)
{
	name->local = find_local(r, name);
	if (name->local >= 0)
		return true;
	size_t selections = cel_steps_selections(steps);
	struct candidates found;
	if (!find_readings(r, at, name, steps, selections < SEGMENTS_MAX ? selections : SEGMENTS_MAX - 1, &found))
		return false;
	if (found.count == 0)
		return fail_unknown(r, at, name, steps, selections);
	for (size_t i = 0; i < found.count; i++) {
		if (found.items[i].variable < 0)
			continue;
		struct cel_named *named = &r->program->names[found.items[i].variable];
		named->tested = named->tested || tested;
		named->used = named->used || !tested;
	}
	struct cel_candidate *kept = arena_array(r->program->arena, found.count, sizeof(*kept));
	memcpy(kept, found.items, found.count * sizeof(*kept));
	name->candidates = kept;
	name->candidate_count = found.count;
	return true;
}

static bool resolve_nodes(struct resolver *r, struct cel_nodes nodes)
{
	for (size_t i = 0; i < nodes.count; i++)
		if (!resolve_node(r, nodes.items[i]))
			return false;
	return true;
}

/* A pattern that is written down is compiled here, so that a wrong one is found before it is needed. */
static bool resolve_pattern(struct resolver *r, struct cel_call *call)
{
	const struct cel_node *pattern = call->args.count > 0 ? call->args.items[call->args.count - 1] : NULL;
	if (!cel_text_is(call->name, "matches") || pattern == NULL || pattern->kind != CEL_NODE_LITERAL ||
		pattern->literal.kind != CEL_STRING)
		return true;
	const char *fault;
	call->pattern =
		cel_regex_create(r->program->arena, pattern->literal.text.data, pattern->literal.text.len, &fault);
	if (call->pattern == NULL)
		return cel_error_at(
			&r->program->source, pattern->at, r->err, ERR_INVALID, "regular expression: %s", fault);
	r->pattern_size += cel_regex_size(call->pattern);
	return r->pattern_size <= PATTERNS_SIZE_MAX ||
	       cel_error_at(&r->program->source, pattern->at, r->err, ERR_INVALID,
		       "the regular expressions are too large together");
}

static bool resolve_call(struct resolver *r, uint32_t at, struct cel_call *call, enum cel_style style)
{
	call->function = cel_function_find(r->program->arena, call->name);
	if (call->function == NULL && !r->env->unchecked)
		return fail(r, at, style == CEL_METHOD ? "unknown method" : "unknown function", call->name);
	return resolve_nodes(r, call->args) && resolve_pattern(r, call);
}

static bool resolve_comprehension(struct resolver *r, struct cel_comprehension *comprehension)
{
	/* Each scope is an argument of a macro, which is one level of nesting. */
	assert(r->scope_count < ARRAY_SIZE(r->scope));
	comprehension->local = (int32_t)r->scope_count;
	r->scope[r->scope_count++] = comprehension->variable;
	if (r->scope_count > r->program->local_count)
		r->program->local_count = r->scope_count;
	bool ok = (comprehension->condition == NULL || resolve_node(r, comprehension->condition)) &&
		  (comprehension->transform == NULL || resolve_node(r, comprehension->transform));
	r->scope_count--;
	return ok;
}

static bool resolve_steps(struct resolver *r, struct cel_steps steps)
{
	for (size_t i = 0; i < steps.count; i++) {
		struct cel_step *step = &steps.items[i];
		bool ok = true;
		if (step->kind == CEL_STEP_COMPREHENSION)
			ok = resolve_comprehension(r, &step->comprehension);
		else if (step->kind != CEL_STEP_SELECT)
			ok = resolve_call(
				r, step->at, &step->call, step->kind == CEL_STEP_METHOD ? CEL_METHOD : CEL_GLOBAL);
		if (!ok)
			return false;
	}
	return true;
}

static bool resolve_chain(struct resolver *r, struct cel_node *chain, bool tested)
{
	struct cel_node *base = chain->chain.base;
	bool path = tested && cel_steps_selections(&chain->chain.steps) == chain->chain.steps.count;
	bool ok = base->kind == CEL_NODE_NAME ? resolve_name(r, base->at, &base->name, &chain->chain.steps, path)
					      : resolve_node(r, base);
	return ok && resolve_steps(r, chain->chain.steps);
}

/*
 * has(a.b) where a.b is itself a variable asks whether it is bound. Sets node->has.variable then; a declared one
 * settles it, and the operand needs no meaning of its own.
 */
static bool resolve_tested_variable(struct resolver *r, struct cel_node *node, bool *settled)
{
	static const struct cel_steps none = { 0 };
	const struct cel_node *operand = node->has.operand;
	bool chain = operand->kind == CEL_NODE_CHAIN;
	const struct cel_node *base = chain ? operand->chain.base : operand;
	const struct cel_steps *steps = chain ? &operand->chain.steps : &none;
	node->has.variable = -1;
	*settled = false;
	size_t selections = cel_steps_selections(steps);
	if (base->kind != CEL_NODE_NAME || selections != steps->count || selections >= SEGMENTS_MAX - 1 ||
		find_local(r, &base->name) >= 0)
		return true;
	struct cel_step path[SEGMENTS_MAX];
	if (selections > 0)
		memcpy(path, steps->items, selections * sizeof(path[0]));
	path[selections] = (struct cel_step){ .kind = CEL_STEP_SELECT, .field = node->has.field };
	struct cel_steps whole = { path, selections + 1 };
	const char *text = qualified(r, 0, &base->name, &whole, whole.count);
	const struct cel_variable *declared = r->env->unchecked ? NULL : find_declared(r->env, text);
	if (declared == NULL && !r->env->unchecked)
		return true;
	if (!name_index(r, node->at, text, declared != NULL ? declared->type : CEL_DYN, &node->has.variable))
		return false;
	r->program->names[node->has.variable].tested = true;
	*settled = declared != NULL;
	return true;
}

static bool resolve_has(struct resolver *r, struct cel_node *node)
{
	static const struct cel_steps none = { 0 };
	struct cel_node *operand = node->has.operand;
	bool settled;
	if (!resolve_tested_variable(r, node, &settled))
		return false;
	if (settled)
		return true;
	if (operand->kind == CEL_NODE_NAME)
		return resolve_name(r, operand->at, &operand->name, &none, true);
	return operand->kind == CEL_NODE_CHAIN ? resolve_chain(r, operand, true) : resolve_node(r, operand);
}

static bool resolve_node(struct resolver *r, struct cel_node *node)
{
	static const struct cel_steps none = { 0 };
	switch (node->kind) {
	case CEL_NODE_LITERAL: return true;
	case CEL_NODE_NAME: return resolve_name(r, node->at, &node->name, &none, false);
	case CEL_NODE_CHAIN: return resolve_chain(r, node, false);
	case CEL_NODE_CALL: return resolve_call(r, node->at, &node->call, CEL_GLOBAL);
	case CEL_NODE_HAS: return resolve_has(r, node);
	case CEL_NODE_AND:
	case CEL_NODE_OR:
	case CEL_NODE_CONDITIONAL:
	case CEL_NODE_LIST:
	case CEL_NODE_MAP: return resolve_nodes(r, node->items);
	}
	return true;
}

bool cel_resolve(struct cel_program *program, const struct cel_env *env, struct err *err)
{
	struct resolver r = { .program = program, .env = env, .err = err };
	program->names = arena_array(program->arena, CEL_NAMES_MAX, sizeof(*program->names));
	return resolve_node(&r, program->root);
}
