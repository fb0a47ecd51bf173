/* The tree of a pattern to its program; a repetition is written out as often as it must be. */
#include "cel/regex_program.h"

#include <stdlib.h>

#define CODE_MAX 4096 /* instructions */

static uint32_t emit(struct cel_regex *regex, struct cel_regex_instruction instruction)
{
	/* Past the limit nothing is stored; the caller finds out at the end. */
	if (regex->count < CODE_MAX)
		regex->code[regex->count++] = instruction;
	return regex->count - 1;
}

static void emit_node(struct cel_regex *regex, const struct cel_regex_node *node);

/* split -> one, split -> two, ..., each with a jump to the end but the last. */
static void emit_choice(struct cel_regex *regex, const struct cel_regex_node *node)
{
	uint32_t first_jump = CODE_MAX;
	for (const struct cel_regex_node *child = node->first_child; child != NULL; child = child->next) {
		if (child->next == NULL) {
			emit_node(regex, child);
			break;
		}
		uint32_t split = emit(regex, (struct cel_regex_instruction){ .code = CEL_REGEX_SPLIT });
		emit_node(regex, child);
		/* The jumps are chained by their targets until the end is known. */
		uint32_t jump =
			emit(regex, (struct cel_regex_instruction){ .code = CEL_REGEX_JUMP, .target = first_jump });
		first_jump = jump;
		regex->code[split].target = split + 1;
		regex->code[split].other = regex->count;
	}
	if (regex->count >= CODE_MAX)
		return;
	while (first_jump != CODE_MAX) {
		uint32_t next = regex->code[first_jump].target;
		regex->code[first_jump].target = regex->count;
		first_jump = next;
	}
}

/* Any number of times: split, it, jump back. */
static void emit_loop(struct cel_regex *regex, const struct cel_regex_node *child)
{
	uint32_t split = emit(regex, (struct cel_regex_instruction){ .code = CEL_REGEX_SPLIT });
	emit_node(regex, child);
	emit(regex, (struct cel_regex_instruction){ .code = CEL_REGEX_JUMP, .target = split });
	regex->code[split].target = split + 1;
	regex->code[split].other = regex->count;
}

static void emit_repeat(struct cel_regex *regex, const struct cel_regex_node *node)
{
	const struct cel_regex_node *child = node->first_child;
	for (uint32_t i = 0; i < node->min && regex->count < CODE_MAX; i++) {
		uint32_t before = regex->count;
		emit_node(regex, child);
		if (regex->count == before)
			return; /* the empty text, however often */
	}
	if (node->max == CEL_REGEX_NO_LIMIT) {
		emit_loop(regex, child);
		return;
	}
	for (uint32_t i = node->min; i < node->max && regex->count < CODE_MAX; i++) {
		uint32_t split = emit(regex, (struct cel_regex_instruction){ .code = CEL_REGEX_SPLIT });
		emit_node(regex, child);
		regex->code[split].target = split + 1;
		regex->code[split].other = regex->count;
	}
}

static void emit_node(struct cel_regex *regex, const struct cel_regex_node *node)
{
	switch (node->kind) {
	case CEL_REGEX_ONE: emit(regex, node->one); break;
	case CEL_REGEX_CHOICE: emit_choice(regex, node); break;
	case CEL_REGEX_REPEAT: emit_repeat(regex, node); break;
	case CEL_REGEX_CONCAT:
		for (const struct cel_regex_node *child = node->first_child; child != NULL; child = child->next)
			emit_node(regex, child);
		break;
	}
}

struct cel_regex *cel_regex_create(struct arena *arena, const char *pattern, size_t len, const char **fault)
{
	const struct cel_regex_node *tree = cel_regex_parse(arena, pattern, len, fault);
	if (tree == NULL)
		return NULL;
	struct cel_regex_instruction *code = mem_zalloc(CODE_MAX, sizeof(*code));
	struct cel_regex made = { .code = code };
	emit_node(&made, tree);
	emit(&made, (struct cel_regex_instruction){ .code = CEL_REGEX_MATCH });
	struct cel_regex *regex = NULL;
	if (made.count < CODE_MAX) {
		regex = arena_alloc(arena, sizeof(*regex));
		*regex = made;
		regex->code = arena_array(arena, made.count, sizeof(*code));
		for (uint32_t i = 0; i < made.count; i++)
			regex->code[i] = code[i];
	} else {
		*fault = "too large";
	}
	free(code);
	return regex;
}
