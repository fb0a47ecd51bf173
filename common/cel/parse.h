/* Tokens to the syntax tree, macros expanded (cel-spec, "Syntax" and "Macros"). */
#ifndef CEL_PARSE_H
#define CEL_PARSE_H

#include "cel/ast.h"

/*
 * Parses the whole source, which the tree goes on using, into the arena. Nesting past CEL_DEPTH_MAX is refused.
 * ERR_INVALID with the place.
 */
bool cel_parse(struct cel_source source, struct arena *arena, struct cel_node **node, struct err *err) MUST_CHECK;

/* macro.c: turns has(...) into a has node if the call is one; leaves *node alone if it is not. */
bool cel_expand_call(
	const struct cel_source *source, struct arena *arena, struct cel_node *node, struct err *err) MUST_CHECK;
/* macro.c: turns a method call into a comprehension if its name and number of arguments are a macro's. */
bool cel_expand_method(const struct cel_source *source, struct cel_step *step, struct err *err) MUST_CHECK;

#endif
