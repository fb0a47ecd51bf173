/* Static types: what is known of every part, so that operands that can't fit are refused when a program is compiled. */
#include "cel/program.h"

#include <string.h>

#include "cel/function.h"

struct checker {
	struct cel_program *program;
	struct arena *arena;
	const struct cel_type *locals[CEL_DEPTH_MAX + 1];
	struct err *err;
};

static bool check_node(struct checker *c, const struct cel_node *node, const struct cel_type **type);

static void name_types(const struct cel_type *const *types, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_append_str(out, ", ");
		cel_type_format(types[i], out);
	}
}

static bool fail_type(struct checker *c, uint32_t at, const char *what, const struct cel_type *type)
{
	owned_buf struct buf text = { 0 };
	cel_type_format(type, &text);
	return cel_error_at(&c->program->source, at, c->err, ERR_INVALID, "%s, not %s", what, buf_str(&text));
}

static bool expect_bool(struct checker *c, const struct cel_node *node, const char *what)
{
	const struct cel_type *type;
	if (!check_node(c, node, &type))
		return false;
	return type->kind == CEL_BOOL || cel_type_is_dyn(type) || fail_type(c, node->at, what, type);
}

static bool check_list(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	const struct cel_type *element = cel_type_open();
	for (size_t i = 0; i < node->items.count; i++) {
		const struct cel_type *item;
		if (!check_node(c, node->items.items[i], &item))
			return false;
		element = cel_type_join(c->arena, element, item);
	}
	*type = cel_type_list(c->arena, element);
	return true;
}

static bool is_key(const struct cel_type *type)
{
	return cel_type_is_dyn(type) || type->kind == CEL_BOOL || type->kind == CEL_INT || type->kind == CEL_UINT ||
	       type->kind == CEL_STRING;
}

static bool check_map(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	const struct cel_type *keys = cel_type_open();
	const struct cel_type *values = cel_type_open();
	for (size_t i = 0; i < node->items.count; i += 2) {
		const struct cel_type *key;
		const struct cel_type *value;
		if (!check_node(c, node->items.items[i], &key) || !check_node(c, node->items.items[i + 1], &value))
			return false;
		if (!is_key(key))
			return fail_type(
				c, node->items.items[i]->at, "a key of a map is bool, int, uint or string", key);
		keys = cel_type_join(c->arena, keys, key);
		values = cel_type_join(c->arena, values, value);
	}
	*type = cel_type_map(c->arena, keys, values);
	return true;
}

static bool check_conditional(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	const struct cel_type *yes;
	const struct cel_type *no;
	if (!expect_bool(c, node->items.items[0], "the condition must be bool") ||
		!check_node(c, node->items.items[1], &yes) || !check_node(c, node->items.items[2], &no))
		return false;
	if (!cel_type_unifies(yes, no)) {
		const struct cel_type *const both[] = { yes, no };
		owned_buf struct buf text = { 0 };
		name_types(both, 2, &text);
		return cel_error_at(&c->program->source, node->at, c->err, ERR_INVALID,
			"both branches of a conditional must have one type, not %s", buf_str(&text));
	}
	*type = cel_type_is_dyn(yes) ? yes : cel_type_is_dyn(no) ? no : cel_type_join(c->arena, yes, no);
	return true;
}

/* Can the row take arguments of these types? Sets the result's type. */
static bool row_takes(struct checker *c, const struct cel_overload *row, enum cel_style style,
	const struct cel_type *const *args, size_t count, const struct cel_type **type)
{
	if ((row->style & style) == 0 || row->count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (row->args[i] != CEL_DYN && !cel_type_is_dyn(args[i]) && args[i]->kind != row->args[i])
			return false;
	*type = row->deduce != NULL ? row->deduce(c->arena, args) : cel_type_of(row->result);
	return *type != NULL;
}

static bool check_overloads(struct checker *c, uint32_t at, const struct cel_call *call, enum cel_style style,
	const struct cel_type *const *args, size_t count, const struct cel_type **type)
{
	const struct cel_type *found = NULL;
	for (size_t i = 0; i < call->function->count; i++) {
		const struct cel_type *result;
		if (!row_takes(c, &call->function->overloads[i], style, args, count, &result))
			continue;
		if (found == NULL)
			found = result;
		else if (found->kind != result->kind)
			found = cel_type_of(CEL_DYN);
	}
	if (found != NULL) {
		*type = found;
		return true;
	}
	owned_buf struct buf text = { 0 };
	name_types(args, count, &text);
	struct cel_text name = cel_function_shown(call->name);
	return cel_error_at(&c->program->source, at, c->err, ERR_INVALID, "'%.*s' does not take (%s)", CEL_SHOWN(name),
		buf_str(&text));
}

/* receiver: the type of the left operand or of what a method is called on; NULL for none. */
static bool check_call(struct checker *c, uint32_t at, const struct cel_call *call, const struct cel_type *receiver,
	enum cel_style style, const struct cel_type **type)
{
	const struct cel_type *args[CEL_ARGS_MAX];
	size_t count = 0;
	if (receiver != NULL)
		args[count++] = receiver;
	if (count + call->args.count > CEL_ARGS_MAX)
		return cel_error_at(&c->program->source, at, c->err, ERR_INVALID, "too many arguments for '%.*s'",
			CEL_SHOWN(call->name));
	for (size_t i = 0; i < call->args.count; i++)
		if (!check_node(c, call->args.items[i], &args[count++]))
			return false;
	return check_overloads(c, at, call, style, args, count, type);
}

static bool check_select(struct checker *c, uint32_t at, const struct cel_type *operand, const struct cel_type **type)
{
	if (cel_type_is_dyn(operand)) {
		*type = cel_type_of(CEL_DYN);
		return true;
	}
	if (operand->kind != CEL_MAP || (operand->key->kind != CEL_STRING && !cel_type_is_dyn(operand->key)))
		return fail_type(c, at, "only a map with string keys has fields", operand);
	*type = operand->element->open ? cel_type_of(CEL_DYN) : operand->element;
	return true;
}

static bool check_comprehension(struct checker *c, uint32_t at, const struct cel_comprehension *comprehension,
	const struct cel_type *range, const struct cel_type **type)
{
	if (range->kind != CEL_LIST && range->kind != CEL_MAP && !cel_type_is_dyn(range))
		return fail_type(c, at, "a macro goes over a list or the keys of a map", range);
	const struct cel_type *item = range->kind == CEL_LIST  ? range->element
				      : range->kind == CEL_MAP ? range->key
							       : cel_type_of(CEL_DYN);
	c->locals[comprehension->local] = item;
	if (comprehension->condition != NULL &&
		!expect_bool(c, comprehension->condition, "the condition of a macro must be bool"))
		return false;
	const struct cel_type *result = item;
	if (comprehension->macro == CEL_MACRO_MAP && !check_node(c, comprehension->transform, &result))
		return false;
	bool lists = comprehension->macro == CEL_MACRO_MAP || comprehension->macro == CEL_MACRO_FILTER;
	*type = lists ? cel_type_list(c->arena, result) : cel_type_of(CEL_BOOL);
	return true;
}

static bool check_step(struct checker *c, const struct cel_step *step, const struct cel_type **type)
{
	switch (step->kind) {
	case CEL_STEP_SELECT: return check_select(c, step->at, *type, type);
	case CEL_STEP_METHOD: return check_call(c, step->at, &step->call, *type, CEL_METHOD, type);
	case CEL_STEP_OPERATOR: return check_call(c, step->at, &step->call, *type, CEL_GLOBAL, type);
	case CEL_STEP_COMPREHENSION: return check_comprehension(c, step->at, &step->comprehension, *type, type);
	}
	return true;
}

/* *steps: how many selections belong to the name. */
static const struct cel_type *name_type(const struct checker *c, const struct cel_name *name, size_t *steps)
{
	*steps = 0;
	if (name->local >= 0)
		return c->locals[name->local];
	const struct cel_candidate *meant = &name->candidates[0];
	*steps = meant->steps;
	return meant->variable >= 0 ? c->program->names[meant->variable].type : cel_type_of(CEL_TYPE);
}

static bool check_chain(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	const struct cel_node *base = node->chain.base;
	size_t first = 0;
	if (base->kind == CEL_NODE_NAME)
		*type = name_type(c, &base->name, &first);
	else if (!check_node(c, base, type))
		return false;
	for (size_t i = first; i < node->chain.steps.count; i++)
		if (!check_step(c, &node->chain.steps.items[i], type))
			return false;
	return true;
}

static bool check_has(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	const struct cel_type *ignored;
	if (node->has.variable < 0 &&
		(!check_node(c, node->has.operand, type) || !check_select(c, node->at, *type, &ignored)))
		return false;
	*type = cel_type_of(CEL_BOOL);
	return true;
}

static bool check_logical(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	for (size_t i = 0; i < node->items.count; i++)
		if (!expect_bool(c, node->items.items[i],
			    node->kind == CEL_NODE_AND ? "'&&' takes bool" : "'||' takes bool"))
			return false;
	*type = cel_type_of(CEL_BOOL);
	return true;
}

static bool check_node(struct checker *c, const struct cel_node *node, const struct cel_type **type)
{
	size_t steps;
	switch (node->kind) {
	case CEL_NODE_LITERAL: *type = cel_type_of(node->literal.kind); return true;
	case CEL_NODE_NAME: *type = name_type(c, &node->name, &steps); return true;
	case CEL_NODE_CHAIN: return check_chain(c, node, type);
	case CEL_NODE_CALL: return check_call(c, node->at, &node->call, NULL, CEL_GLOBAL, type);
	case CEL_NODE_AND:
	case CEL_NODE_OR: return check_logical(c, node, type);
	case CEL_NODE_CONDITIONAL: return check_conditional(c, node, type);
	case CEL_NODE_LIST: return check_list(c, node, type);
	case CEL_NODE_MAP: return check_map(c, node, type);
	case CEL_NODE_HAS: return check_has(c, node, type);
	}
	return true;
}

bool cel_check(struct cel_program *program, struct err *err)
{
	struct checker c = { .program = program, .arena = program->arena, .err = err };
	const struct cel_type *type;
	if (!check_node(&c, program->root, &type))
		return false;
	program->type = type;
	return true;
}
