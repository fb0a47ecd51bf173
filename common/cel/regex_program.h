/* A pattern as a tree, and as a program for a machine whose threads all step through the text together. */
#ifndef CEL_REGEX_PROGRAM_H
#define CEL_REGEX_PROGRAM_H

#include "cel/regex.h"
#include "cel/regex_set.h"

enum cel_regex_code {
	CEL_REGEX_SET,   /* one character of the set */
	CEL_REGEX_SPLIT, /* go on at both targets */
	CEL_REGEX_JUMP,
	CEL_REGEX_TEXT_START,
	CEL_REGEX_TEXT_END,
	CEL_REGEX_LINE_START,
	CEL_REGEX_LINE_END,
	CEL_REGEX_WORD_BOUNDARY,
	CEL_REGEX_NO_WORD_BOUNDARY,
	CEL_REGEX_MATCH,
};

struct cel_regex_instruction {
	enum cel_regex_code code;
	uint32_t target, other; /* SPLIT: both, JUMP: target */
	const struct cel_regex_range *ranges;
	uint32_t range_count;
};

struct cel_regex {
	struct cel_regex_instruction *code;
	uint32_t count;
};

enum cel_regex_node_kind {
	CEL_REGEX_ONE,    /* one instruction: a set or an assertion */
	CEL_REGEX_CONCAT, /* children in turn; none: the empty text */
	CEL_REGEX_CHOICE, /* one of the children */
	CEL_REGEX_REPEAT, /* the only child, min to max times */
};

#define CEL_REGEX_NO_LIMIT UINT32_MAX

struct cel_regex_node {
	enum cel_regex_node_kind kind;
	struct cel_regex_instruction one;
	uint32_t min, max;
	struct cel_regex_node *first_child, *last_child;
	struct cel_regex_node *next; /* sibling */
};

/* regex_parse.c: NULL and *fault if the pattern is refused. */
struct cel_regex_node *cel_regex_parse(struct arena *arena, const char *pattern, size_t len, const char **fault);

#endif
