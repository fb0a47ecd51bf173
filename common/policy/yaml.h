/*
 * YAML from people (libyaml's events) as a json-c tree that remembers where in the text each value stands.
 *
 * A strict subset of YAML 1.2: one document, scalars by the core schema (so `yes` is a text and 012 is twelve), names
 * are texts and unique. Anchors, aliases and tags are refused, so the tree is never larger than the text.
 */
#ifndef POLICY_YAML_H
#define POLICY_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/own.h"

struct json_object;
struct yaml_tree;

#define YAML_TREE_MAX_BYTES (256 * 1024)
#define YAML_TREE_MAX_DEPTH 32
#define YAML_TREE_MAX_VALUES 20000

struct yaml_place {
	unsigned line;   /* from 1, lines end with LF, CR or CR LF; 0: no place */
	unsigned column; /* from 1, in characters */
};

/* Reads text (copied). ERR_INVALID with "line:column" in err->where, ERR_TOO_LARGE past YAML_TREE_MAX_BYTES. */
bool yaml_tree_parse(const char *text, size_t len, struct yaml_tree **tree, struct err *err) MUST_CHECK;
void yaml_tree_destroy(struct yaml_tree *tree);
OWNED_DEFINE(yaml_tree, struct yaml_tree, yaml_tree_destroy);

/* The values; borrowed. NULL is the JSON null. */
struct json_object *yaml_tree_json(const struct yaml_tree *tree);

/* Where the value at the JSON pointer begins; the nearest one around it if there is none. */
struct yaml_place yaml_tree_place(const struct yaml_tree *tree, const char *pointer);
/* Where the name of the member at the JSON pointer begins; as above for what is no member. */
struct yaml_place yaml_tree_name_place(const struct yaml_tree *tree, const char *pointer);
/*
 * Where the character at this byte offset of the text value at the JSON pointer was written: through quotes, escapes
 * and folded lines. White space, which YAML may have folded, and the end count as the place behind what precedes them.
 */
struct yaml_place yaml_tree_text_place(const struct yaml_tree *tree, const char *pointer, size_t offset);

#endif
