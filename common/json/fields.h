/*
 * Field tables: how a JSON object becomes a struct. Formats that we own refuse what the table does not name.
 *
 *	static const struct json_field release_fields[] = {
 *		{ "sourceSha", JSON_STRING, offsetof(struct release, source_sha), .pattern = JSON_PATTERN_SHA },
 *		{ "wait", JSON_DURATION, offsetof(struct request, wait_ms), .min = 0, .max = 60000 },
 *		{ 0 },
 *	};
 */
#ifndef JSON_FIELDS_H
#define JSON_FIELDS_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "json/pointer.h"

/*
 * min and max bound an int, a duration (unless both are 0), a string's characters (max 0: 1024; counted as JSON Schema
 * counts them), a count (max 0: 256).
 */
enum json_field_type {
	JSON_STRING = 1,     /* const char *, in the arena */
	JSON_INT,            /* int64_t, also from 1.0 or 1e3 */
	JSON_DOUBLE,         /* double */
	JSON_BOOL,           /* bool */
	JSON_TIME,           /* int64_t, microseconds UTC, from RFC 3339 */
	JSON_DURATION,       /* int64_t, milliseconds, from text as clock_parse_duration reads it */
	JSON_ENUM,           /* int, the index in names */
	JSON_ANY,            /* struct json_object *, borrowed from the tree; *present tells null from absent */
	JSON_OBJECT,         /* a struct in place, read by the table child */
	JSON_OBJECT_POINTER, /* a pointer to child_size bytes in the arena, NULL if absent */
	JSON_ARRAY,          /* struct json_array of structs of child_size bytes, read by child */
	JSON_STRING_ARRAY,   /* struct json_array of const char * of up to 1024 characters; pattern for each */
};

/* A text that does not fit is ERR_INVALID, a digest or commit that is none ERR_UNPROCESSABLE. */
enum json_pattern {
	JSON_PATTERN_NONE,
	JSON_PATTERN_NAME,     /* service, environment, ...: [A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])? */
	JSON_PATTERN_DIGEST,   /* sha256:<64 lower-case hex digits> */
	JSON_PATTERN_GIT_SHA,  /* 40 or 64 lower-case hex digits */
	JSON_PATTERN_ONE_LINE, /* text without control characters and line separators */
};

struct json_array {
	void *items;
	size_t count;
};

struct json_field {
	const char *name;
	enum json_field_type type;
	size_t offset;
	bool mandatory;
	int64_t min, max;
	enum json_pattern pattern;
	const char *const *names; /* JSON_ENUM: the texts, NULL at the end */
	const struct json_field *child;
	size_t child_size;
	size_t present_offset; /* where a bool tells that the member was there (null counts as absent); 0: nowhere */
};

/*
 * Reads object through fields (a row without a name ends them) into out, a zeroed struct. A member that is not in the
 * table is refused, null counts as absent except for JSON_ANY. The error's place is the JSON pointer below pointer (""
 * for the root). Strings lie in arena; JSON_ANY values live as long as the tree. On failure out is half filled and not
 * to be used. ERR_INVALID; ERR_UNPROCESSABLE as json_pattern says.
 */
bool json_read(struct json_object *object, const struct json_field *fields, const char *pointer, struct arena *arena,
	void *out, struct err *err) MUST_CHECK;

/* The same, but members that the table does not name are passed over: for formats that others own. */
bool json_read_known(struct json_object *object, const struct json_field *fields, const char *pointer,
	struct arena *arena, void *out, struct err *err) MUST_CHECK;

/* Does text (UTF-8) fit the pattern? Sets the error at where. */
bool json_pattern_check(const char *text, enum json_pattern pattern, const char *where, struct err *err) MUST_CHECK;

#endif
