/*
 * The table of functions and operators: one row an overload, rows of one name together, one table for each family.
 * The check and the evaluation choose by the same rows.
 */
#ifndef CEL_FUNCTION_H
#define CEL_FUNCTION_H

#include "cel/eval.h"
#include "cel/source.h"
#include "cel/type.h"

#define CEL_ARGS_MAX 2

enum cel_style {
	CEL_GLOBAL = 1, /* f(x, y); operators too */
	CEL_METHOD = 2, /* x.f(y) */
};

struct cel_overload {
	const char *name;
	unsigned style;                   /* both bits: either way */
	size_t count;                     /* of args, the receiver among them */
	enum cel_kind args[CEL_ARGS_MAX]; /* CEL_DYN: any */
	enum cel_kind result;
	/* Calls it with arguments of these kinds; an error has its place already. */
	bool (*call)(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result);
	/* The result's type where it depends on the arguments' types, NULL if they can't fit; NULL: the row says all.
	 */
	const struct cel_type *(*deduce)(struct arena *arena, const struct cel_type *const *args);
};

struct cel_function {
	const struct cel_overload *overloads;
	size_t count;
};

/* All rows of this name; NULL: there is no such function. */
const struct cel_function *cel_function_find(struct arena *arena, struct cel_text name);

/* The row for these arguments; NULL if there is none. */
const struct cel_overload *cel_function_choose(
	const struct cel_function *function, enum cel_style style, const struct cel_value *args, size_t count);

/* How a name is shown: operators without the places of their operands. */
struct cel_text cel_function_shown(struct cel_text name);

/* The families; a row without a name ends each. */
extern const struct cel_overload cel_arithmetic[];
extern const struct cel_overload cel_comparison[];
extern const struct cel_overload cel_collection_functions[];
extern const struct cel_overload cel_string_functions[];
extern const struct cel_overload cel_conversion_functions[];
extern const struct cel_overload cel_time_functions[];

#endif
