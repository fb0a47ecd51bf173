/* JSON to values and back. */
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "base/encode.h"
#include "cel/instant.h"
#include "cel/value.h"

static struct cel_value number_from_json(struct json_object *json)
{
	int64_t number = json_object_get_int64(json);
	uint64_t large = json_object_get_uint64(json);
	/* json-c cuts what does not fit; past int64 only the unsigned reading is exact. */
	return number == INT64_MAX && large > INT64_MAX ? cel_uint(large) : cel_int(number);
}

static struct cel_value list_from_json(struct json_object *json, struct arena *arena)
{
	size_t count = json_object_array_length(json);
	struct cel_value *items = arena_array(arena, count, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		items[i] = cel_from_json(json_object_array_get_idx(json, i), arena);
	return (struct cel_value){ .kind = CEL_LIST, .list = { items, count } };
}

static struct cel_value map_from_json(struct json_object *json, struct arena *arena)
{
	size_t count = (size_t)json_object_object_length(json);
	struct cel_map_entry *entries = arena_array(arena, count, sizeof(*entries));
	struct cel_map_entry *entry = entries;
	json_object_object_foreach (json, name, member) {
		entry->key = cel_string(name);
		entry->value = cel_from_json(member, arena);
		entry++;
	}
	return (struct cel_value){ .kind = CEL_MAP, .map = { entries, count } };
}

struct cel_value cel_from_json(struct json_object *json, struct arena *arena)
{
	switch (json_object_get_type(json)) {
	case json_type_boolean: return cel_bool(json_object_get_boolean(json));
	case json_type_int: return number_from_json(json);
	case json_type_double: return cel_double(json_object_get_double(json));
	case json_type_string:
		return cel_text_value(
			CEL_STRING, json_object_get_string(json), (size_t)json_object_get_string_len(json));
	case json_type_array: return list_from_json(json, arena);
	case json_type_object: return map_from_json(json, arena);
	case json_type_null: break;
	}
	return (struct cel_value){ .kind = CEL_NULL };
}

static struct json_object *text_to_json(const char *text, size_t len)
{
	return json_object_new_string_len(text, (int)len);
}

/* JSON has no text for these; the names are those of protobuf's JSON form. */
static struct json_object *double_to_json(double number)
{
	if (isnan(number))
		return json_object_new_string("NaN");
	if (isinf(number))
		return json_object_new_string(number > 0 ? "Infinity" : "-Infinity");
	return json_object_new_double(number);
}

static struct json_object *bytes_to_json(const struct cel_value *value)
{
	owned_buf struct buf text = { 0 };
	base64_encode(value->text.data, value->text.len, &text);
	return text_to_json(buf_str(&text), text.len);
}

static struct json_object *time_to_json(const struct cel_value *value)
{
	char text[CEL_TIME_TEXT_SIZE];
	size_t len =
		value->kind == CEL_TIMESTAMP ? cel_timestamp_format(value, text) : cel_duration_format(value, text);
	return text_to_json(text, len);
}

static struct json_object *list_to_json(const struct cel_value *value)
{
	struct json_object *array = json_object_new_array_ext((int)value->list.count);
	for (size_t i = 0; i < value->list.count; i++)
		json_object_array_add(array, cel_to_json(&value->list.items[i]));
	return array;
}

static struct json_object *map_to_json(const struct cel_value *value)
{
	struct json_object *object = json_object_new_object();
	for (size_t i = 0; i < value->map.count; i++) {
		const struct cel_value *key = &value->map.entries[i].key;
		struct json_object *name = cel_to_json(key);
		json_object_object_add(object, json_object_get_string(name), cel_to_json(&value->map.entries[i].value));
		json_object_put(name);
	}
	return object;
}

struct json_object *cel_to_json(const struct cel_value *value)
{
	switch (value->kind) {
	case CEL_BOOL: return json_object_new_boolean(value->boolean);
	case CEL_INT: return json_object_new_int64(value->integer);
	case CEL_UINT: return json_object_new_uint64(value->uinteger);
	case CEL_DOUBLE: return double_to_json(value->number);
	case CEL_STRING:
	case CEL_TYPE: return text_to_json(value->text.data, value->text.len);
	case CEL_BYTES: return bytes_to_json(value);
	case CEL_LIST: return list_to_json(value);
	case CEL_MAP: return map_to_json(value);
	case CEL_TIMESTAMP:
	case CEL_DURATION: return time_to_json(value);
	case CEL_NULL:
	case CEL_DYN: break;
	}
	return NULL;
}
