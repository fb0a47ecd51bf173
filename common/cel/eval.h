/* The state of one evaluation, as functions and operators see it. */
#ifndef CEL_EVAL_H
#define CEL_EVAL_H

#include "base/arena.h"
#include "cel/cel.h"
#include "cel/value.h"

struct cel_program;
struct cel_regex;

/* Bytes that a function walks over, or a pattern's steps, for one unit of cost: far cheaper than a node. */
#define CEL_BYTES_PER_COST 8

struct cel_node;
struct cel_comprehension;

/* An error of the expression. */
struct cel_fault_info {
	uint32_t at;
	const char *text;
};

struct cel_eval {
	const struct cel_program *program;
	const struct cel_value **variables; /* by index in the program's names; NULL: not bound */
	struct cel_value *locals;           /* of comprehensions */
	struct arena *arena;
	struct cel_meter meter;
	uint32_t at;                 /* the call or node that is being evaluated */
	struct cel_fault_info fault; /* the last one; && and || may have absorbed it */
	uint32_t *regex_marks;       /* room that matches() uses again and again */
	size_t regex_room;
};

/* Counts the cost; past the limit everything fails, and nothing absorbs that. */
bool cel_charge(struct cel_eval *eval, uint64_t cost) MUST_CHECK;
/* The same for bytes walked over or made. */
bool cel_charge_bytes(struct cel_eval *eval, uint64_t bytes) MUST_CHECK;
/* Sets the fault at eval->at. Returns false. */
bool cel_fault(struct cel_eval *eval, const char *format, ...) PRINTF_LIKE(2, 3);

/* The value of a node. */
bool cel_eval_node(struct cel_eval *eval, const struct cel_node *node, struct cel_value *value) MUST_CHECK;
/* comprehend.c: a macro over the list, or the keys of the map, in range. */
bool cel_comprehend(struct cel_eval *eval, const struct cel_comprehension *comprehension, uint32_t at,
	const struct cel_value *range, struct cel_value *value) MUST_CHECK;

/* fn_string.c: does text match? For patterns that were compiled with the program too. */
bool cel_match(struct cel_eval *eval, const struct cel_value *text, const struct cel_regex *regex,
	struct cel_value *result) MUST_CHECK;

#endif
