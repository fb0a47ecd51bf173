#include "fact_value.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "json/json.h"
#include "json/pointer.h"

static bool add_data(struct json_object *object, struct json_object *data, struct arena *arena, struct err *err)
{
	if (!json_object_is_type(data, json_type_object))
		return err_set_at(err, ERR_INVALID, "/data", "an object is expected");
	json_object_object_foreach (data, name, member) {
		if (strcmp(name, "status") == 0 || strcmp(name, "summary") == 0)
			return err_set_at(err, ERR_INVALID, json_pointer_member(arena, "/data", name),
				"this name is taken by the member beside data");
		json_object_object_add(object, name, json_object_get(member));
	}
	return true;
}

bool fact_value_build(struct json_object *data, const char *status, const char *summary, struct arena *arena,
	const char **value, size_t *len, struct err *err)
{
	owned(json) struct json_object *object = json_object_new_object();
	if (data != NULL && !add_data(object, data, arena, err))
		return false;
	json_add_string(object, "status", status);
	if (summary != NULL && summary[0] != '\0')
		json_add_string(object, "summary", summary);
	owned_buf struct buf text = { 0 };
	if (!json_canonical(object, &text, err))
		return false;
	*value = arena_strndup(arena, buf_str(&text), text.len);
	*len = text.len;
	return true;
}
