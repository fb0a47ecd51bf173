/* Trees of our own, and their text. */
#include "json/json.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

void json_text(const struct json_object *value, bool pretty, struct buf *out)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	if (pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	size_t len;
	/* json-c keeps the text in the value, which changes nothing that anybody sees. */
	const char *text = json_object_to_json_string_length((struct json_object *)value, flags, &len);
	buf_append(out, text, len);
}

void json_add(struct json_object *object, const char *name, struct json_object *value)
{
	int result = json_object_object_add(object, name, value);
	assert(result == 0);
	(void)result;
}

struct json_object *json_string_create(const char *value)
{
	size_t len = strlen(value);
	if (utf8_valid(value, len))
		return json_object_new_string(value);
	owned_buf struct buf replaced = { 0 };
	for (size_t i = 0, n; i<len; i += n> 0 ? n : 1) {
		uint32_t code;
		n = utf8_decode(value + i, len - i, &code);
		if (n > 0)
			buf_append(&replaced, value + i, n);
		else
			buf_append_str(&replaced, "\xef\xbf\xbd");
	}
	return json_object_new_string(buf_str(&replaced));
}

struct json_object *json_strings_create(const char *const *values, size_t count)
{
	struct json_object *array = json_object_new_array();
	for (size_t i = 0; i < count; i++)
		json_object_array_add(array, json_string_create(values[i]));
	return array;
}

void json_add_string(struct json_object *object, const char *name, const char *value)
{
	json_add(object, name, value != NULL ? json_string_create(value) : NULL);
}

void json_add_int(struct json_object *object, const char *name, int64_t value)
{
	assert(value >= -JSON_INTEGER_MAX && value <= JSON_INTEGER_MAX);
	json_add(object, name, json_object_new_int64(value));
}

void json_add_double(struct json_object *object, const char *name, double value)
{
	owned_buf struct buf text = { 0 };
	bool fits = json_number_fits(value) && json_number_text(value, &text);
	json_add(object, name, fits ? json_object_new_double_s(value, buf_str(&text)) : NULL);
}

void json_add_bool(struct json_object *object, const char *name, bool value)
{
	json_add(object, name, json_object_new_boolean(value));
}

void json_add_time(struct json_object *object, const char *name, int64_t time_us)
{
	char text[CLOCK_RFC3339_SIZE];
	json_add_string(object, name, time_us != 0 ? clock_format(time_us, text) : NULL);
}
