/* A program: the tree, and the names that it speaks of. */
#ifndef CEL_PROGRAM_H
#define CEL_PROGRAM_H

#include "cel/ast.h"
#include "cel/type.h"

#define CEL_NAMES_MAX 256 /* different variables in one expression */

/* A variable that the expression names. */
struct cel_named {
	const char *name;
	const struct cel_type *type;
	bool used;   /* somewhere outside of has() */
	bool tested; /* as the root of has()'s path */
};

struct cel_program {
	struct arena *arena; /* all of it lies here */
	struct cel_source source;
	struct cel_node *root;
	struct cel_named *names;
	size_t name_count;
	unsigned local_count; /* slots that comprehension variables need */
	bool checked;
	const struct cel_type *type; /* dyn if not checked */
};

/* resolve.c: finds out what every name and function is. ERR_INVALID with the place. */
bool cel_resolve(struct cel_program *program, const struct cel_env *env, struct err *err) MUST_CHECK;

/* check.c: finds the type of every part; operands that can't fit are ERR_INVALID with the place. */
bool cel_check(struct cel_program *program, struct err *err) MUST_CHECK;

#endif
