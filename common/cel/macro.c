/* The macros has, all, exists, exists_one, filter and map (cel-spec, "Macros"). */
#include "cel/parse.h"

bool cel_expand_call(const struct cel_source *source, struct arena *arena, struct cel_node *node, struct err *err)
{
	if (!cel_text_is(node->call.name, "has"))
		return true;
	struct cel_node *path = node->call.args.count == 1 ? node->call.args.items[0] : NULL;
	if (path == NULL || path->kind != CEL_NODE_CHAIN ||
		path->chain.steps.items[path->chain.steps.count - 1].kind != CEL_STEP_SELECT)
		return cel_error_at(source, node->at, err, ERR_INVALID, "has() takes one selection, as in has(a.b)");
	struct cel_text field = path->chain.steps.items[--path->chain.steps.count].field;
	struct cel_node *operand = path->chain.steps.count > 0 ? path : path->chain.base;
	struct cel_node *has = cel_node_create(arena, CEL_NODE_HAS, node->at);
	has->has.operand = operand;
	has->has.field = field;
	*node = *has;
	return true;
}

static const struct {
	const char *name;
	size_t min_args, max_args;
	enum cel_macro macro;
} macros[] = {
	{ "all", 2, 2, CEL_MACRO_ALL },
	{ "exists", 2, 2, CEL_MACRO_EXISTS },
	{ "exists_one", 2, 2, CEL_MACRO_EXISTS_ONE },
	{ "filter", 2, 2, CEL_MACRO_FILTER },
	{ "map", 2, 3, CEL_MACRO_MAP },
};

bool cel_expand_method(const struct cel_source *source, struct cel_step *step, struct err *err)
{
	struct cel_nodes args = step->call.args;
	for (size_t i = 0; i < ARRAY_SIZE(macros); i++) {
		if (!cel_text_is(step->call.name, macros[i].name))
			continue;
		if (args.count < macros[i].min_args || args.count > macros[i].max_args)
			return cel_error_at(source, step->at, err, ERR_INVALID, "%s() takes a variable and %s",
				macros[i].name, macros[i].max_args == 2 ? "one expression" : "one or two expressions");
		const struct cel_node *variable = args.items[0];
		if (variable->kind != CEL_NODE_NAME || variable->name.rooted)
			return cel_error_at(source, variable->at, err, ERR_INVALID,
				"the first argument of %s() must be a plain name", macros[i].name);
		bool maps = macros[i].macro == CEL_MACRO_MAP;
		step->kind = CEL_STEP_COMPREHENSION;
		step->comprehension = (struct cel_comprehension){
			.macro = macros[i].macro,
			.variable = variable->name.text,
			.condition = maps && args.count == 2 ? NULL : args.items[1],
			.transform = maps ? args.items[args.count - 1] : NULL,
		};
		return true;
	}
	return true;
}
