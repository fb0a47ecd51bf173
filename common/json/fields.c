/* Reading an object through a table of fields. Places are put together from the inside out, on failure only. */
#include "json/fields.h"

#include <inttypes.h>
#include <json-c/linkhash.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "json/json.h"

#define TEXT_MAX 1024
#define COUNT_MAX 256

struct reader {
	struct arena *arena;
	bool known_only; /* pass over members that no table names */
	struct err *err;
};

static bool read_object(const struct reader *r, struct json_object *object, const struct json_field *fields, void *out);

static bool wrong(const struct reader *r, const char *what)
{
	return err_set(r->err, ERR_INVALID, "%s is expected", what);
}

static bool at_member(const struct reader *r, const char *name)
{
	return err_add_where(r->err, json_pointer_member(r->arena, "", name));
}

static bool at_index(const struct reader *r, size_t index)
{
	return err_add_where(r->err, json_pointer_index(r->arena, "", index));
}

static bool check_range(const struct reader *r, const struct json_field *field, int64_t value, const char *unit)
{
	if ((field->min == 0 && field->max == 0) || (value >= field->min && value <= field->max))
		return true;
	return err_set(
		r->err, ERR_INVALID, "must lie between %" PRId64 " and %" PRId64 "%s", field->min, field->max, unit);
}

/* NULL for what is no string. The scanner lets no U+0000 through, so the text ends where it seems to end. */
static const char *text_of(const struct reader *r, struct json_object *value)
{
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string(value);
	(void)wrong(r, "a string");
	return NULL;
}

static bool read_text(const struct reader *r, struct json_object *value, size_t min, size_t max,
	enum json_pattern pattern, const char **out)
{
	const char *text = text_of(r, value);
	if (text == NULL)
		return false;
	size_t len = strlen(text), count = utf8_count(text, len);
	if (count < min || count > max)
		return err_set(r->err, ERR_INVALID, "must be %zu to %zu characters long, is %zu", min, max, count);
	if (!json_pattern_check(text, pattern, "", r->err))
		return false;
	*out = arena_strndup(r->arena, text, len);
	return true;
}

static bool read_string(const struct reader *r, const struct json_field *field, struct json_object *value, void *at)
{
	size_t max = field->max > 0 ? (size_t)field->max : TEXT_MAX;
	return read_text(r, value, (size_t)field->min, max, field->pattern, at);
}

static bool read_int(const struct reader *r, const struct json_field *field, struct json_object *value, int64_t *at)
{
	int64_t number;
	if (json_object_is_type(value, json_type_int)) {
		number = json_object_get_int64(value);
	} else if (json_object_is_type(value, json_type_double)) {
		/* 1.0 and 1 are the same number: in canonical form both are written 1. */
		double d = json_object_get_double(value);
		if (d != trunc(d) || fabs(d) > (double)JSON_INTEGER_MAX)
			return wrong(r, "an integer");
		number = (int64_t)d;
	} else {
		return wrong(r, "an integer");
	}
	if (!check_range(r, field, number, ""))
		return false;
	*at = number;
	return true;
}

static bool read_double(const struct reader *r, struct json_object *value, double *at)
{
	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		return wrong(r, "a number");
	*at = json_object_get_double(value);
	return true;
}

static bool read_bool(const struct reader *r, struct json_object *value, bool *at)
{
	if (!json_object_is_type(value, json_type_boolean))
		return wrong(r, "true or false");
	*at = json_object_get_boolean(value);
	return true;
}

static bool read_time(const struct reader *r, struct json_object *value, int64_t *at)
{
	const char *text = text_of(r, value);
	return text != NULL && clock_parse(text, strlen(text), at, r->err);
}

static bool read_duration(
	const struct reader *r, const struct json_field *field, struct json_object *value, int64_t *at)
{
	const char *text = text_of(r, value);
	int64_t duration_ms = 0;
	if (text == NULL || !clock_parse_duration(text, strlen(text), &duration_ms, r->err) ||
		!check_range(r, field, duration_ms, " milliseconds"))
		return false;
	*at = duration_ms;
	return true;
}

static bool read_enum(const struct reader *r, const struct json_field *field, struct json_object *value, int *at)
{
	const char *text = text_of(r, value);
	if (text == NULL)
		return false;
	owned_buf struct buf known = { 0 };
	for (int i = 0; field->names[i] != NULL; i++) {
		if (strcmp(field->names[i], text) == 0) {
			*at = i;
			return true;
		}
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", field->names[i]);
	}
	return err_set(r->err, ERR_INVALID, "must be one of %s", buf_str(&known));
}

static bool read_pointer(const struct reader *r, const struct json_field *field, struct json_object *value, void **at)
{
	void *child = arena_alloc(r->arena, field->child_size);
	if (!read_object(r, value, field->child, child))
		return false;
	*at = child;
	return true;
}

static bool check_count(const struct reader *r, const struct json_field *field, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_array))
		return wrong(r, "an array");
	size_t count = json_object_array_length(value);
	size_t min = (size_t)field->min, max = field->max > 0 ? (size_t)field->max : COUNT_MAX;
	if (count >= min && count <= max)
		return true;
	return err_set(r->err, ERR_INVALID, "must hold %zu to %zu items", min, max);
}

static bool read_array(
	const struct reader *r, const struct json_field *field, struct json_object *value, struct json_array *at)
{
	if (!check_count(r, field, value))
		return false;
	size_t count = json_object_array_length(value);
	char *items = arena_array(r->arena, count, field->child_size);
	for (size_t i = 0; i < count; i++)
		if (!read_object(r, json_object_array_get_idx(value, i), field->child, items + i * field->child_size))
			return at_index(r, i);
	*at = (struct json_array){ items, count };
	return true;
}

static bool read_string_array(
	const struct reader *r, const struct json_field *field, struct json_object *value, struct json_array *at)
{
	if (!check_count(r, field, value))
		return false;
	size_t count = json_object_array_length(value);
	const char **items = arena_array(r->arena, count, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		if (!read_text(r, json_object_array_get_idx(value, i), 0, TEXT_MAX, field->pattern, &items[i]))
			return at_index(r, i);
	*at = (struct json_array){ items, count };
	return true;
}

static bool read_value(const struct reader *r, const struct json_field *field, struct json_object *value, void *at)
{
	switch (field->type) {
	case JSON_STRING: return read_string(r, field, value, at);
	case JSON_INT: return read_int(r, field, value, at);
	case JSON_DOUBLE: return read_double(r, value, at);
	case JSON_BOOL: return read_bool(r, value, at);
	case JSON_TIME: return read_time(r, value, at);
	case JSON_DURATION: return read_duration(r, field, value, at);
	case JSON_ENUM: return read_enum(r, field, value, at);
	case JSON_ANY: *(struct json_object **)at = value; return true;
	case JSON_OBJECT: return read_object(r, value, field->child, at);
	case JSON_OBJECT_POINTER: return read_pointer(r, field, value, at);
	case JSON_ARRAY: return read_array(r, field, value, at);
	case JSON_STRING_ARRAY: return read_string_array(r, field, value, at);
	}
	return err_set(r->err, ERR_INTERNAL, "a field of no type");
}

static bool is_known(const struct json_field *fields, const char *name)
{
	for (const struct json_field *field = fields; field->name != NULL; field++)
		if (strcmp(field->name, name) == 0)
			return true;
	return false;
}

static bool refuse_unknown(const struct reader *r, struct json_object *object, const struct json_field *fields)
{
	struct lh_entry *entry;
	lh_foreach (json_object_get_object(object), entry) {
		const char *name = lh_entry_k(entry);
		if (!is_known(fields, name)) {
			err_set(r->err, ERR_INVALID, "there is no such member here");
			return at_member(r, name);
		}
	}
	return true;
}

static bool read_field(const struct reader *r, struct json_object *object, const struct json_field *field, void *out)
{
	struct json_object *value = NULL;
	bool present =
		json_object_object_get_ex(object, field->name, &value) && (value != NULL || field->type == JSON_ANY);
	if (!present)
		return !field->mandatory || err_set(r->err, ERR_INVALID, "the member is missing");
	if (field->present_offset != 0)
		*(bool *)((char *)out + field->present_offset) = true;
	return read_value(r, field, value, (char *)out + field->offset);
}

static bool read_object(const struct reader *r, struct json_object *object, const struct json_field *fields, void *out)
{
	if (!json_object_is_type(object, json_type_object))
		return wrong(r, "an object");
	if (!r->known_only && !refuse_unknown(r, object, fields))
		return false;
	for (const struct json_field *field = fields; field->name != NULL; field++)
		if (!read_field(r, object, field, out))
			return at_member(r, field->name);
	return true;
}

bool json_read(struct json_object *object, const struct json_field *fields, const char *pointer, struct arena *arena,
	void *out, struct err *err)
{
	struct reader r = { .arena = arena, .err = err };
	return read_object(&r, object, fields, out) || err_add_where(err, pointer);
}

bool json_read_known(struct json_object *object, const struct json_field *fields, const char *pointer,
	struct arena *arena, void *out, struct err *err)
{
	struct reader r = { .arena = arena, .known_only = true, .err = err };
	return read_object(&r, object, fields, out) || err_add_where(err, pointer);
}
