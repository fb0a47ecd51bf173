#include "cel/function.h"

#include <ctype.h>
#include <string.h>

const struct cel_function *cel_function_find(struct arena *arena, struct cel_text name)
{
	const struct cel_overload *const families[] = { cel_arithmetic, cel_comparison, cel_collection_functions,
		cel_string_functions, cel_conversion_functions, cel_time_functions };
	for (size_t f = 0; f < ARRAY_SIZE(families); f++) {
		for (const struct cel_overload *row = families[f]; row->name != NULL; row++) {
			if (!cel_text_is(name, row->name))
				continue;
			struct cel_function *function = arena_alloc(arena, sizeof(*function));
			function->overloads = row;
			while (row->name != NULL && cel_text_is(name, row->name))
				row++;
			function->count = (size_t)(row - function->overloads);
			return function;
		}
	}
	return NULL;
}

const struct cel_overload *cel_function_choose(
	const struct cel_function *function, enum cel_style style, const struct cel_value *args, size_t count)
{
	for (size_t i = 0; i < function->count; i++) {
		const struct cel_overload *row = &function->overloads[i];
		if ((row->style & style) == 0 || row->count != count)
			continue;
		size_t fitting = 0;
		while (fitting < count && (row->args[fitting] == CEL_DYN || row->args[fitting] == args[fitting].kind))
			fitting++;
		if (fitting == count)
			return row;
	}
	return NULL;
}

struct cel_text cel_function_shown(struct cel_text name)
{
	/* The names of operators are the only ones that hold a character which is none of a name's, except for in. */
	bool is_operator = cel_text_is(name, "_in_");
	for (size_t i = 0; i < name.len && !is_operator; i++)
		is_operator = !isalnum((unsigned char)name.data[i]) && name.data[i] != '_';
	if (is_operator && name.data[0] == '_') {
		name.data++;
		name.len--;
	}
	if (is_operator && name.data[name.len - 1] == '_')
		name.len--;
	return name;
}
