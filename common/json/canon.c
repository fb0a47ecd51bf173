/* Canonical JSON, RFC 8785: names in the order of their UTF-16 code units, ES6 numbers, the shortest escapes. */
#include "json/json.h"

#include <inttypes.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/pointer.h"

struct member {
	const char *name;
	const struct json_object *value;
};

/*
 * UTF-8 sorts as its code points do. UTF-16 differs in one place: what takes a pair of surrogates (in UTF-8 the first
 * byte is 0xf0 to 0xf4) comes before U+E000 to U+FFFF (0xee and 0xef).
 */
static int weight(char c)
{
	int byte = (unsigned char)c;
	return byte == 0xee || byte == 0xef ? byte + 16 : byte;
}

static int compare_members(const void *a, const void *b)
{
	const char *one = ((const struct member *)a)->name, *other = ((const struct member *)b)->name;
	while (*one != '\0' && *one == *other) {
		one++;
		other++;
	}
	return weight(*one) - weight(*other);
}

static bool write_value(const struct json_object *value, struct buf *out, struct err *err);

static void write_escape(char c, struct buf *out)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *special = strchr(plain, c);
	if (special != NULL)
		buf_printf(out, "\\%c", letters[special - plain]);
	else
		buf_printf(out, "\\u%04x", (unsigned)c);
}

static bool write_string(const char *text, size_t len, struct buf *out, struct err *err)
{
	if (!utf8_valid(text, len) || memchr(text, '\0', len) != NULL)
		return err_set(err, ERR_INVALID, "the text is not UTF-8 or holds U+0000");
	buf_append_char(out, '"');
	size_t run = 0;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\')
			continue;
		buf_append(out, text + run, i - run);
		write_escape(text[i], out);
		run = i + 1;
	}
	buf_append(out, text + run, len - run);
	buf_append_char(out, '"');
	return true;
}

static bool does_not_fit(struct err *err)
{
	return err_set(err, ERR_INVALID, "the number does not fit: send it as a string");
}

static bool write_integer(int64_t number, struct buf *out, struct err *err)
{
	if (number < -JSON_INTEGER_MAX || number > JSON_INTEGER_MAX)
		return does_not_fit(err);
	char text[24];
	buf_append(out, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, number));
	return true;
}

static bool write_number(double number, struct buf *out, struct err *err)
{
	return (json_number_fits(number) && json_number_text(number, out)) || does_not_fit(err);
}

static bool write_array(const struct json_object *array, struct buf *out, struct err *err)
{
	size_t count = json_object_array_length(array);
	buf_append_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_append_char(out, ',');
		if (!write_value(json_object_array_get_idx(array, i), out, err)) {
			char part[32];
			snprintf(part, sizeof(part), "/%zu", i);
			return err_add_where(err, part);
		}
	}
	buf_append_char(out, ']');
	return true;
}

static bool add_name(struct err *err, const char *name)
{
	owned_buf struct buf part = { 0 };
	json_pointer_append(&part, name, strlen(name));
	return err_add_where(err, buf_str(&part));
}

static bool write_object(const struct json_object *object, struct buf *out, struct err *err)
{
	size_t count = (size_t)json_object_object_length(object), i = 0;
	owned(mem) struct member *members = mem_zalloc(count + 1, sizeof(*members));
	const struct lh_entry *entry;
	lh_foreach (json_object_get_object(object), entry)
		members[i++] = (struct member){ lh_entry_k(entry), lh_entry_v(entry) };
	qsort(members, count, sizeof(*members), compare_members);
	buf_append_char(out, '{');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_append_char(out, ',');
		if (!write_string(members[i].name, strlen(members[i].name), out, err))
			return false;
		buf_append_char(out, ':');
		if (!write_value(members[i].value, out, err))
			return add_name(err, members[i].name);
	}
	buf_append_char(out, '}');
	return true;
}

/* The depth of a tree is bounded: by the scanner, or by our own code that built it. */
static bool write_value(const struct json_object *value, struct buf *out, struct err *err)
{
	switch (json_object_get_type(value)) {
	case json_type_null: buf_append_str(out, "null"); return true;
	case json_type_boolean: buf_append_str(out, json_object_get_boolean(value) ? "true" : "false"); return true;
	case json_type_int:
		/* json-c gives the nearest int64 of an uint64, so what does not fit is still seen. */
		return write_integer(json_object_get_int64(value), out, err);
	case json_type_double: return write_number(json_object_get_double(value), out, err);
	case json_type_string:
		return write_string(json_object_get_string((struct json_object *)value),
			(size_t)json_object_get_string_len(value), out, err);
	case json_type_array: return write_array(value, out, err);
	case json_type_object: return write_object(value, out, err);
	}
	return err_set(err, ERR_INTERNAL, "a JSON value of no type");
}

bool json_canonical(const struct json_object *value, struct buf *out, struct err *err)
{
	size_t start = out->len;
	if (write_value(value, out, err))
		return true;
	buf_truncate(out, start);
	return false;
}
