/* The text below the events: which characters it may have, and lines and columns to bytes and back. */
#include "policy/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

bool yaml_error_at(struct err *err, struct yaml_place place, const char *format, ...)
{
	char where[32], text[400];
	snprintf(where, sizeof(where), "%u:%u", place.line, place.column);
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set_at(err, ERR_INVALID, where, "%s", text);
}

/* U+0085, U+2028 and U+2029 end a line in YAML 1.1 and in libyaml, but not in YAML 1.2 nor in most editors. */
static bool allowed(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) ||
	       (c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && (c & 0xfffe) != 0xfffe);
}

static void line_add(struct yaml_tree *tree, size_t *capacity, size_t start)
{
	if (tree->line_count == *capacity) {
		size_t *lines = arena_array(tree->arena, *capacity * 2 + 64, sizeof(*lines));
		for (size_t i = 0; i < tree->line_count; i++)
			lines[i] = tree->lines[i];
		tree->lines = lines;
		*capacity = *capacity * 2 + 64;
	}
	tree->lines[tree->line_count++] = start;
}

bool yaml_text_scan(struct yaml_tree *tree, struct err *err)
{
	size_t capacity = 0;
	line_add(tree, &capacity, 0);
	for (size_t i = 0; i < tree->len;) {
		uint32_t c = 0;
		size_t n = utf8_decode(tree->text + i, tree->len - i, &c);
		if (n == 0)
			return yaml_error_at(err, yaml_text_place_of(tree, i), "the text is not UTF-8");
		if (!allowed(c))
			return yaml_error_at(err, yaml_text_place_of(tree, i),
				"the character U+%04X may only stand as an escape in double quotes", (unsigned)c);
		i += n;
		if (c == '\n' || (c == '\r' && (i == tree->len || tree->text[i] != '\n')))
			line_add(tree, &capacity, i);
	}
	return true;
}

static size_t char_size(const struct yaml_tree *tree, size_t offset)
{
	uint32_t c;
	size_t n = utf8_decode(tree->text + offset, tree->len - offset, &c);
	return n == 0 ? 1 : n;
}

size_t yaml_text_offset(const struct yaml_tree *tree, struct yaml_place place)
{
	if (place.line > tree->line_count)
		return tree->len;
	size_t offset = tree->lines[place.line - 1];
	for (unsigned i = 1; i < place.column && offset < tree->len; i++)
		offset += char_size(tree, offset);
	return offset;
}

struct yaml_place yaml_text_place_of(const struct yaml_tree *tree, size_t offset)
{
	size_t low = 0, high = tree->line_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (tree->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	unsigned column = 1;
	for (size_t i = tree->lines[low]; i < offset && i < tree->len; i += char_size(tree, i))
		column++;
	return (struct yaml_place){ (unsigned)low + 1, column };
}
