/* The comprehension macros at work. all and exists absorb errors as && and || do; the others pass on the first. */
#include "cel/ast.h"
#include "cel/eval.h"

struct comprehension {
	const struct cel_comprehension *what;
	uint32_t at;
	const struct cel_value *range;
	size_t count; /* of elements in range */
};

/* Binds the variable to the element. */
static void bind_element(struct cel_eval *eval, const struct comprehension *c, size_t index)
{
	eval->locals[c->what->local] =
		c->range->kind == CEL_LIST ? c->range->list.items[index] : c->range->map.entries[index].key;
}

/* The condition for the bound element; what is not bool is an error. */
static bool eval_condition(struct cel_eval *eval, const struct comprehension *c, bool *holds)
{
	struct cel_value value;
	if (!cel_eval_node(eval, c->what->condition, &value))
		return false;
	if (value.kind != CEL_BOOL) {
		eval->at = c->what->condition->at;
		return cel_fault(eval, "the condition of a macro must be bool, not %s", cel_kind_name(value.kind));
	}
	*holds = value.boolean;
	return true;
}

/* Goes on until an element settles it: a false one for all, a true one for exists. */
static bool eval_quantifier(struct cel_eval *eval, const struct comprehension *c, struct cel_value *value)
{
	bool settles = c->what->macro == CEL_MACRO_EXISTS;
	bool failed = false;
	struct cel_fault_info first = { 0 };
	for (size_t i = 0; i < c->count; i++) {
		bool holds = false;
		bind_element(eval, c, i);
		bool ok = cel_charge(eval, 1) && eval_condition(eval, c, &holds);
		if (eval->meter.exhausted)
			return false;
		if (ok && holds == settles) {
			*value = cel_bool(settles);
			return true;
		}
		if (!ok && !failed)
			first = eval->fault;
		failed = failed || !ok;
	}
	eval->fault = first;
	*value = cel_bool(!settles);
	return !failed;
}

static bool eval_exists_one(struct cel_eval *eval, const struct comprehension *c, struct cel_value *value)
{
	size_t found = 0;
	for (size_t i = 0; i < c->count; i++) {
		bool holds;
		bind_element(eval, c, i);
		if (!cel_charge(eval, 1) || !eval_condition(eval, c, &holds))
			return false;
		found += holds;
	}
	*value = cel_bool(found == 1);
	return true;
}

/* filter and map. */
static bool eval_collection(struct cel_eval *eval, const struct comprehension *c, struct cel_value *value)
{
	/* Charged before it is taken, for the list may be long. */
	if (!cel_charge(eval, c->count))
		return false;
	struct cel_value *items = arena_array(eval->arena, c->count, sizeof(*items));
	size_t count = 0;
	for (size_t i = 0; i < c->count; i++) {
		bool holds = true;
		bind_element(eval, c, i);
		if (c->what->condition != NULL && !eval_condition(eval, c, &holds))
			return false;
		if (!holds)
			continue;
		if (c->what->transform == NULL)
			items[count] = eval->locals[c->what->local];
		else if (!cel_eval_node(eval, c->what->transform, &items[count]))
			return false;
		count++;
	}
	*value = (struct cel_value){ .kind = CEL_LIST, .list = { items, count } };
	return true;
}

bool cel_comprehend(struct cel_eval *eval, const struct cel_comprehension *comprehension, uint32_t at,
	const struct cel_value *range, struct cel_value *value)
{
	struct comprehension c = { .what = comprehension, .at = at, .range = range };
	if (range->kind != CEL_LIST && range->kind != CEL_MAP) {
		eval->at = at;
		return cel_fault(
			eval, "a macro goes over a list or the keys of a map, not %s", cel_kind_name(range->kind));
	}
	c.count = range->kind == CEL_LIST ? range->list.count : range->map.count;
	switch (comprehension->macro) {
	case CEL_MACRO_ALL:
	case CEL_MACRO_EXISTS: return eval_quantifier(eval, &c, value);
	case CEL_MACRO_EXISTS_ONE: return eval_exists_one(eval, &c, value);
	case CEL_MACRO_FILTER:
	case CEL_MACRO_MAP: return eval_collection(eval, &c, value);
	}
	return false;
}
