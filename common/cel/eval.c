#include "cel/eval.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cel/function.h"
#include "cel/program.h"

bool cel_charge(struct cel_eval *eval, uint64_t cost)
{
	return cel_meter_take(&eval->meter, cost);
}

bool cel_charge_bytes(struct cel_eval *eval, uint64_t bytes)
{
	return cel_charge(eval, bytes / CEL_BYTES_PER_COST);
}

bool cel_fault(struct cel_eval *eval, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	eval->fault.at = eval->at;
	eval->fault.text = arena_strdup(eval->arena, text);
	return false;
}

static bool fault_at(struct cel_eval *eval, uint32_t at, const char *text, struct cel_text name)
{
	eval->at = at;
	return cel_fault(eval, "%s '%.*s'", text, CEL_SHOWN(name));
}

static bool fault_overload(
	struct cel_eval *eval, const struct cel_call *call, const struct cel_value *args, size_t count)
{
	struct cel_text name = cel_function_shown(call->name);
	return cel_fault(eval, "no such overload: '%.*s' of %s%s%s", CEL_SHOWN(name),
		count > 0 ? cel_kind_name(args[0].kind) : "nothing", count > 1 ? " and " : "",
		count > 1 ? cel_kind_name(args[1].kind) : "");
}

/* receiver: the left operand or what a method is called on; NULL for none. */
static bool eval_call(struct cel_eval *eval, const struct cel_call *call, uint32_t at, enum cel_style style,
	const struct cel_value *receiver, struct cel_value *value)
{
	struct cel_value args[CEL_ARGS_MAX];
	size_t count = 0;
	if (call->function == NULL)
		return fault_at(eval, at, "unknown function", call->name);
	if (receiver != NULL)
		args[count++] = *receiver;
	if (count + call->args.count > CEL_ARGS_MAX)
		return fault_at(eval, at, "too many arguments for", call->name);
	for (size_t i = 0; i < call->args.count; i++)
		if (!cel_eval_node(eval, call->args.items[i], &args[count++]))
			return false;
	eval->at = at;
	const struct cel_overload *row = cel_function_choose(call->function, style, args, count);
	if (row == NULL)
		return fault_overload(eval, call, args, count);
	if (call->pattern != NULL)
		return cel_match(eval, &args[0], call->pattern, value);
	return row->call(eval, args, value);
}

/* The value under a field's name in a map; *found is NULL if there is none. */
static bool find_field(struct cel_eval *eval, uint32_t at, const struct cel_value *operand, struct cel_text field,
	const struct cel_value **found)
{
	eval->at = at;
	if (operand->kind != CEL_MAP)
		return cel_fault(eval, "%s has no field '%.*s'", cel_kind_name(operand->kind), CEL_SHOWN(field));
	struct cel_value key = cel_text_value(CEL_STRING, field.data, field.len);
	*found = cel_map_find(operand, &key, &eval->meter);
	return cel_charge(eval, 0);
}

static bool eval_step(
	struct cel_eval *eval, const struct cel_step *step, const struct cel_value *operand, struct cel_value *value)
{
	const struct cel_value *found;
	switch (step->kind) {
	case CEL_STEP_METHOD: return eval_call(eval, &step->call, step->at, CEL_METHOD, operand, value);
	case CEL_STEP_OPERATOR: return eval_call(eval, &step->call, step->at, CEL_GLOBAL, operand, value);
	case CEL_STEP_COMPREHENSION: return cel_comprehend(eval, &step->comprehension, step->at, operand, value);
	case CEL_STEP_SELECT:
		if (!find_field(eval, step->at, operand, step->field, &found))
			return false;
		if (found == NULL)
			return fault_at(eval, step->at, "no such key:", step->field);
		*value = *found;
		return true;
	}
	return false;
}

/* *steps: how many selections belong to the name that was found. */
static bool eval_name(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value, size_t *steps)
{
	const struct cel_name *name = &node->name;
	*steps = 0;
	if (name->local >= 0) {
		*value = eval->locals[name->local];
		return true;
	}
	for (size_t i = 0; i < name->candidate_count; i++) {
		const struct cel_candidate *candidate = &name->candidates[i];
		const struct cel_value *bound =
			candidate->variable >= 0 ? eval->variables[candidate->variable] : candidate->type;
		if (bound != NULL) {
			*value = *bound;
			*steps = candidate->steps;
			return true;
		}
	}
	return fault_at(eval, node->at, "no value is bound to", name->text);
}

static bool eval_chain(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	const struct cel_node *base = node->chain.base;
	size_t first = 0;
	struct cel_value operand;
	if (!(base->kind == CEL_NODE_NAME ? eval_name(eval, base, &operand, &first)
					  : cel_eval_node(eval, base, &operand)))
		return false;
	for (size_t i = first; i < node->chain.steps.count; i++) {
		struct cel_value next;
		if (!cel_charge(eval, 1) || !eval_step(eval, &node->chain.steps.items[i], &operand, &next))
			return false;
		operand = next;
	}
	*value = operand;
	return true;
}

/* The first operand that settles it wins over all errors, in whatever order they come. */
static bool eval_logical(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	bool settles = node->kind == CEL_NODE_OR;
	bool failed = false;
	struct cel_fault_info first = { 0 };
	for (size_t i = 0; i < node->items.count; i++) {
		const struct cel_node *item = node->items.items[i];
		struct cel_value operand;
		bool ok = cel_eval_node(eval, item, &operand);
		if (eval->meter.exhausted)
			return false;
		if (ok && operand.kind == CEL_BOOL && operand.boolean == settles) {
			*value = operand;
			return true;
		}
		if (ok && operand.kind != CEL_BOOL) {
			eval->at = item->at;
			ok = cel_fault(eval, "no such overload: '%s' of %s", settles ? "||" : "&&",
				cel_kind_name(operand.kind));
		}
		if (!ok && !failed)
			first = eval->fault;
		failed = failed || !ok;
	}
	eval->fault = first;
	*value = cel_bool(!settles);
	return !failed;
}

static bool eval_conditional(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	struct cel_value condition;
	if (!cel_eval_node(eval, node->items.items[0], &condition))
		return false;
	if (condition.kind != CEL_BOOL) {
		eval->at = node->at;
		return cel_fault(eval, "the condition must be bool, not %s", cel_kind_name(condition.kind));
	}
	return cel_eval_node(eval, node->items.items[condition.boolean ? 1 : 2], value);
}

static bool eval_list(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	/* Charged before it is taken: an element may fail, and be absorbed, again and again. */
	if (!cel_charge(eval, node->items.count))
		return false;
	struct cel_value *items = arena_array(eval->arena, node->items.count, sizeof(*items));
	for (size_t i = 0; i < node->items.count; i++)
		if (!cel_eval_node(eval, node->items.items[i], &items[i]))
			return false;
	*value = (struct cel_value){ .kind = CEL_LIST, .list = { items, node->items.count } };
	return true;
}

static bool check_key(struct cel_eval *eval, const struct cel_value *map, const struct cel_value *key)
{
	if (key->kind != CEL_BOOL && key->kind != CEL_INT && key->kind != CEL_UINT && key->kind != CEL_STRING)
		return cel_fault(eval, "a key of a map can't be %s", cel_kind_name(key->kind));
	if (cel_map_find(map, key, &eval->meter) != NULL)
		return cel_fault(eval, "a key of the map is repeated");
	return cel_charge(eval, 0);
}

static bool eval_map(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	size_t count = node->items.count / 2;
	if (!cel_charge(eval, count))
		return false;
	struct cel_map_entry *entries = arena_array(eval->arena, count, sizeof(*entries));
	struct cel_value map = { .kind = CEL_MAP, .map = { entries, 0 } };
	for (size_t i = 0; i < count; i++) {
		const struct cel_node *key = node->items.items[2 * i];
		if (!cel_eval_node(eval, key, &entries[i].key))
			return false;
		eval->at = key->at;
		if (!check_key(eval, &map, &entries[i].key) ||
			!cel_eval_node(eval, node->items.items[2 * i + 1], &entries[i].value))
			return false;
		map.map.count = i + 1;
	}
	*value = map;
	return true;
}

static bool eval_has(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	bool is_variable = node->has.variable >= 0;
	if (is_variable && (eval->program->checked || eval->variables[node->has.variable] != NULL)) {
		*value = cel_bool(eval->variables[node->has.variable] != NULL);
		return true;
	}
	struct cel_value operand;
	const struct cel_value *found;
	if (!cel_eval_node(eval, node->has.operand, &operand) ||
		!find_field(eval, node->at, &operand, node->has.field, &found))
		return false;
	*value = cel_bool(found != NULL);
	return true;
}

bool cel_eval_node(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value)
{
	size_t steps;
	if (!cel_charge(eval, 1))
		return false;
	switch (node->kind) {
	case CEL_NODE_LITERAL: *value = node->literal; return true;
	case CEL_NODE_NAME: return eval_name(eval, node, value, &steps);
	case CEL_NODE_CHAIN: return eval_chain(eval, node, value);
	case CEL_NODE_CALL: return eval_call(eval, &node->call, node->at, CEL_GLOBAL, NULL, value);
	case CEL_NODE_AND:
	case CEL_NODE_OR: return eval_logical(eval, node, value);
	case CEL_NODE_CONDITIONAL: return eval_conditional(eval, node, value);
	case CEL_NODE_LIST: return eval_list(eval, node, value);
	case CEL_NODE_MAP: return eval_map(eval, node, value);
	case CEL_NODE_HAS: return eval_has(eval, node, value);
	}
	return false;
}

static void bind(struct cel_eval *eval, const struct cel_program *program, const struct cel_binding *bindings,
	size_t binding_count)
{
	eval->variables = arena_array(eval->arena, program->name_count, sizeof(*eval->variables));
	for (size_t i = 0; i < program->name_count; i++)
		for (size_t b = 0; b < binding_count && eval->variables[i] == NULL; b++)
			if (strcmp(program->names[i].name, bindings[b].name) == 0)
				eval->variables[i] = &bindings[b].value;
}

/* Lists may hold one list twice, again and again: what a result means can be far larger than the memory it takes. */
static bool measure(struct cel_eval *eval, const struct cel_value *value, unsigned depth)
{
	if (!cel_charge(eval, 1))
		return false;
	if (depth > CEL_DEPTH_MAX)
		return cel_fault(eval, "the result is nested deeper than %d levels", CEL_DEPTH_MAX);
	if (value->kind == CEL_LIST)
		for (size_t i = 0; i < value->list.count; i++)
			if (!measure(eval, &value->list.items[i], depth + 1))
				return false;
	if (value->kind == CEL_MAP)
		for (size_t i = 0; i < value->map.count; i++)
			if (!measure(eval, &value->map.entries[i].value, depth + 1))
				return false;
	return true;
}

bool cel_eval(const struct cel_program *program, const struct cel_binding *bindings, size_t binding_count,
	uint64_t cost_max, struct arena *arena, struct cel_value *result, struct err *err)
{
	struct cel_eval eval = { .program = program, .arena = arena, .meter = { .left = cost_max } };
	bind(&eval, program, bindings, binding_count);
	eval.locals = arena_array(arena, program->local_count, sizeof(*eval.locals));
	struct cel_value value;
	if (cel_eval_node(&eval, program->root, &value) && measure(&eval, &value, 0)) {
		*result = value;
		return true;
	}
	if (eval.meter.exhausted)
		return cel_error_at(&program->source, eval.at, err, ERR_UNPROCESSABLE,
			"the expression costs more than %llu", (unsigned long long)cost_max);
	return cel_error_at(&program->source, eval.fault.at, err, ERR_UNPROCESSABLE, "%s", eval.fault.text);
}
