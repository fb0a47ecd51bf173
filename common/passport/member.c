#include "passport/member.h"

#include "base/clock.h"

struct json_object *member_any(const struct json_object *object, const char *name)
{
	struct json_object *value;
	if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value))
		return NULL;
	return value;
}

static struct json_object *of_type(const struct json_object *object, const char *name, json_type type)
{
	struct json_object *value = member_any(object, name);
	return value != NULL && json_object_is_type(value, type) ? value : NULL;
}

struct json_object *member_object(const struct json_object *object, const char *name)
{
	return of_type(object, name, json_type_object);
}

struct json_object *member_array(const struct json_object *object, const char *name)
{
	return of_type(object, name, json_type_array);
}

const char *member_text(const struct json_object *object, const char *name)
{
	struct json_object *value = of_type(object, name, json_type_string);
	return value != NULL ? json_object_get_string(value) : NULL;
}

bool member_int(const struct json_object *object, const char *name, int64_t *value)
{
	struct json_object *found = of_type(object, name, json_type_int);
	if (found != NULL)
		*value = json_object_get_int64(found);
	return found != NULL;
}

bool member_bool(const struct json_object *object, const char *name, bool *value)
{
	struct json_object *found = of_type(object, name, json_type_boolean);
	if (found != NULL)
		*value = json_object_get_boolean(found);
	return found != NULL;
}

bool member_time(const struct json_object *object, const char *name, int64_t *time_us)
{
	struct json_object *found = of_type(object, name, json_type_string);
	return found != NULL &&
	       clock_parse(json_object_get_string(found), (size_t)json_object_get_string_len(found), time_us, NULL);
}
