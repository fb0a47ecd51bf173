/*
 * The syntax tree. What associates to the left (operators of one precedence, selections, indexes, method calls, macros)
 * is one chain: a base and the steps applied to it in turn. So the tree is only as deep as the expression is nested,
 * however long its chains are, and whoever walks it may recurse.
 */
#ifndef CEL_AST_H
#define CEL_AST_H

#include "base/arena.h"
#include "cel/cel.h"
#include "cel/source.h"

struct cel_function;
struct cel_regex;

enum cel_node_kind {
	CEL_NODE_LITERAL,
	CEL_NODE_NAME,
	CEL_NODE_CHAIN,
	CEL_NODE_CALL, /* a function without receiver; also the operators ! and - */
	CEL_NODE_AND,
	CEL_NODE_OR,
	CEL_NODE_CONDITIONAL,
	CEL_NODE_LIST,
	CEL_NODE_MAP,
	CEL_NODE_HAS,
};

struct cel_nodes {
	struct cel_node **items;
	size_t count;
};

/* What a name may stand for: a variable, or the type of this name. The first candidate that is bound is taken. */
struct cel_candidate {
	int32_t variable;             /* index in the program's names; -1: a type */
	uint32_t steps;               /* how many selections behind the name belong to it: a.b.c may be a variable */
	const struct cel_value *type; /* if variable is -1 */
};

struct cel_name {
	struct cel_text text;
	bool rooted; /* written with a leading dot: never a comprehension variable */
	/* From here on set by resolve.c. */
	int32_t local; /* the slot of a comprehension variable; -1: none */
	const struct cel_candidate *candidates;
	size_t candidate_count;
};

struct cel_call {
	struct cel_text name;  /* operators are called "_+_", "!_", "_[_]", ... */
	struct cel_nodes args; /* without the receiver or left operand */
	/* Set by resolve.c. */
	const struct cel_function *function; /* NULL: unknown, an error when it is evaluated */
	const struct cel_regex *pattern;     /* of a literal pattern */
};

enum cel_macro {
	CEL_MACRO_ALL,
	CEL_MACRO_EXISTS,
	CEL_MACRO_EXISTS_ONE,
	CEL_MACRO_FILTER,
	CEL_MACRO_MAP,
};

struct cel_comprehension {
	enum cel_macro macro;
	struct cel_text variable;
	int32_t local;              /* its slot, set by resolve.c */
	struct cel_node *condition; /* NULL: map with two arguments */
	struct cel_node *transform; /* map only */
};

enum cel_step_kind {
	CEL_STEP_SELECT,
	CEL_STEP_METHOD,
	CEL_STEP_OPERATOR, /* binary; an index too */
	CEL_STEP_COMPREHENSION,
};

struct cel_step {
	enum cel_step_kind kind;
	uint32_t at;
	union {
		struct cel_text field;
		struct cel_call call;
		struct cel_comprehension comprehension;
	};
};

struct cel_steps {
	struct cel_step *items;
	size_t count;
};

struct cel_node {
	enum cel_node_kind kind;
	uint32_t at; /* byte offset in the source */
	union {
		struct cel_value literal;
		struct cel_name name;
		struct {
			struct cel_node *base; /* no chain of selections itself, unless in parentheses */
			struct cel_steps steps;
		} chain;
		struct cel_call call;
		struct cel_nodes items; /* and, or: two or more; conditional: three; map: key, value, key, value, ... */
		struct {
			struct cel_node *operand;
			struct cel_text field;
			int32_t variable; /* the whole path as a variable, set by resolve.c; -1: none */
		} has;
	};
};

struct cel_node *cel_node_create(struct arena *arena, enum cel_node_kind kind, uint32_t at);
/* How many steps from the start are selections. */
size_t cel_steps_selections(const struct cel_steps *steps);

/* Arrays that grow while they are parsed; capacity is the caller's. */
void cel_nodes_add(struct arena *arena, struct cel_nodes *nodes, size_t *capacity, struct cel_node *node);
void cel_steps_add(struct arena *arena, struct cel_steps *steps, size_t *capacity, struct cel_step step);

#endif
