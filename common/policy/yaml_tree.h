/* The tree's inside: shared by yaml.c (which builds it) and yaml_place.c (which finds in it). */
#ifndef POLICY_YAML_TREE_H
#define POLICY_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "policy/yaml.h"

enum yaml_style {
	YAML_STYLE_NONE, /* no scalar */
	YAML_STYLE_PLAIN,
	YAML_STYLE_SINGLE,
	YAML_STYLE_DOUBLE,
	YAML_STYLE_BLOCK,
};

struct yaml_node {
	const char *name; /* of a member, else NULL */
	struct yaml_place name_place;
	struct yaml_place place, end;
	enum yaml_style style;
	const char *value; /* of a scalar */
	size_t value_len;
	struct yaml_node *first, *last, *next;
};

struct yaml_tree {
	struct arena *arena;
	const char *text;
	size_t len;
	size_t *lines; /* byte offsets of their starts */
	size_t line_count;
	struct yaml_node *root;
	struct json_object *json;
};

/* Checks the characters and notes where lines begin. The error's place is "line:column". */
bool yaml_text_scan(struct yaml_tree *tree, struct err *err) MUST_CHECK;
/* Byte offset of a place; at most tree->len. */
size_t yaml_text_offset(const struct yaml_tree *tree, struct yaml_place place);
struct yaml_place yaml_text_place_of(const struct yaml_tree *tree, size_t offset);
/* Sets ERR_INVALID at this place. Returns false. */
bool yaml_error_at(struct err *err, struct yaml_place place, const char *format, ...) PRINTF_LIKE(3, 4);

/* The value of a plain scalar by the core schema of YAML 1.2; NULL stands for null. Sets only the text of the error. */
bool yaml_scalar_value(const char *text, size_t len, struct json_object **value, struct err *err) MUST_CHECK;

#endif
