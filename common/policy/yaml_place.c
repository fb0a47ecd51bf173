/* From a JSON pointer, and a byte within a text value, back to the line and column where it was written. */
#include "policy/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "policy/yaml_tree.h"

/* Is the reference token (RFC 6901, up to len bytes, still escaped) this name? */
static bool token_is(const char *token, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++, name++) {
		char c = token[i];
		if (c == '~' && i + 1 < len)
			c = token[++i] == '1' ? '/' : '~';
		if (*name != c)
			return false;
	}
	return *name == '\0';
}

static const struct yaml_node *child_of(const struct yaml_node *node, const char *token, size_t len)
{
	const struct yaml_node *child = node->first;
	if (child == NULL || child->name != NULL) {
		while (child != NULL && !token_is(token, len, child->name))
			child = child->next;
		return child;
	}
	for (unsigned long index = strtoul(token, NULL, 10); index > 0 && child != NULL; index--)
		child = child->next;
	return child;
}

/* The node, or the nearest one around it with *exact false. */
static const struct yaml_node *find(const struct yaml_tree *tree, const char *pointer, bool *exact)
{
	const struct yaml_node *node = tree->root;
	*exact = true;
	while (*pointer == '/') {
		pointer++;
		size_t len = strcspn(pointer, "/");
		const struct yaml_node *child = child_of(node, pointer, len);
		if (child == NULL) {
			*exact = false;
			break;
		}
		node = child;
		pointer += len;
	}
	return node;
}

struct yaml_place yaml_tree_place(const struct yaml_tree *tree, const char *pointer)
{
	bool exact;
	return find(tree, pointer, &exact)->place;
}

struct yaml_place yaml_tree_name_place(const struct yaml_tree *tree, const char *pointer)
{
	bool exact;
	const struct yaml_node *node = find(tree, pointer, &exact);
	return exact && node->name != NULL ? node->name_place : node->place;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t utf8_size(const char *p)
{
	unsigned char c = (unsigned char)*p;
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* One character of a scalar as it is written: its length in the source, and whether it stands for white space. */
struct written {
	size_t size; /* 0: the scalar ends here */
	bool space;
};

static struct written escape_at(const char *p, const char *end)
{
	char c = p + 1 < end ? p[1] : '\0';
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	struct written w = { 2 + digits, is_space(c) || c == 'n' || c == 't' || c == 'r' };
	if (digits > 0 && p + w.size <= end) {
		char hex[9] = { 0 };
		memcpy(hex, p + 2, digits);
		unsigned long code = strtoul(hex, NULL, 16);
		w.space = code < 0x80 && is_space((char)code);
	}
	return w;
}

static struct written written_at(const char *p, const char *end, enum yaml_style style)
{
	if (p >= end)
		return (struct written){ 0, false };
	if (style == YAML_STYLE_SINGLE && *p == '\'')
		return (struct written){ p + 1 < end && p[1] == '\'' ? 2 : 0, false };
	if (style == YAML_STYLE_DOUBLE && *p == '"')
		return (struct written){ 0, false };
	if (style == YAML_STYLE_DOUBLE && *p == '\\')
		return escape_at(p, end);
	return (struct written){ utf8_size(p), is_space(*p) };
}

static const char *content_start(const struct yaml_tree *tree, const struct yaml_node *node)
{
	const char *start = tree->text + yaml_text_offset(tree, node->place);
	if (node->style == YAML_STYLE_SINGLE || node->style == YAML_STYLE_DOUBLE)
		return start + 1;
	return node->style == YAML_STYLE_BLOCK ? start + strcspn(start, "\r\n") : start;
}

/*
 * Folding, chomping and indentation change white space and nothing else, so the n-th character of the value that is
 * none is the n-th in the source, whatever the style.
 */
struct yaml_place yaml_tree_text_place(const struct yaml_tree *tree, const char *pointer, size_t offset)
{
	bool exact;
	const struct yaml_node *node = find(tree, pointer, &exact);
	if (!exact || node->style == YAML_STYLE_NONE)
		return node->place;
	if (offset > node->value_len)
		offset = node->value_len;
	size_t wanted = 0;
	for (size_t i = 0; i < offset; i += utf8_size(node->value + i))
		wanted += !is_space(node->value[i]);
	bool behind = offset == node->value_len || is_space(node->value[offset]);
	const char *end = tree->text + yaml_text_offset(tree, node->end);
	const char *p = content_start(tree, node), *last_end = p;
	for (size_t seen = 0;;) {
		struct written w = written_at(p, end, node->style);
		if (w.size == 0 || (behind && seen == wanted))
			return yaml_text_place_of(tree, (size_t)(last_end - tree->text));
		if (!w.space && seen == wanted)
			return yaml_text_place_of(tree, (size_t)(p - tree->text));
		p += w.size;
		if (!w.space) {
			seen++;
			last_end = p;
		}
	}
}
