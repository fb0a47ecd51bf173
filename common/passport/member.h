/* Members of a JSON object by name and type, as those read them that ignore what they do not know. */
#ifndef PASSPORT_MEMBER_H
#define PASSPORT_MEMBER_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of these: NULL (or false) where object is NULL or no object, or the member is absent, null or of another type. */
struct json_object *member_object(const struct json_object *object, const char *name);
struct json_object *member_array(const struct json_object *object, const char *name);
/* Valid as long as the object. Texts from json_scan hold no U+0000. */
const char *member_text(const struct json_object *object, const char *name);
bool member_int(const struct json_object *object, const char *name, int64_t *value);
bool member_bool(const struct json_object *object, const char *name, bool *value);
/* An RFC 3339 time, in microseconds. */
bool member_time(const struct json_object *object, const char *name, int64_t *time_us);
/* Whatever the member holds; NULL for null and absent. */
struct json_object *member_any(const struct json_object *object, const char *name);

#endif
