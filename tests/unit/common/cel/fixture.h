/* Expressions as texts in tables: what they give, or the error, as one text. */
#ifndef TESTS_UNIT_COMMON_CEL_FIXTURE_H
#define TESTS_UNIT_COMMON_CEL_FIXTURE_H

#include "cel/cel.h"
#include "unit.h"

struct expression_case {
	const char *source;
	const char *expected;
};

/*
 * The result as JSON with its type behind it ("1 int"), or "line:column text" of the error. Variables are the members
 * of the JSON object bindings (NULL: none), declared as dyn. The text is the arena's.
 */
const char *evaluate(struct arena *arena, const char *source, const char *bindings);
/* The same without declarations. */
const char *evaluate_unchecked(struct arena *arena, const char *source, const char *bindings);

/* Compares evaluate() of each row with what is expected. */
void expect_rows(const struct expression_case *rows, size_t count, const char *bindings);
#define EXPECT_ROWS(rows, bindings) expect_rows(rows, ARRAY_SIZE(rows), bindings)

#endif
