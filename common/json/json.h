/*
 * JSON from outside: a validating scanner of ours (RFC 8259, I-JSON RFC 7493), then json-c's tree.
 *
 * json-c alone, even strict, accepts duplicate names, lone surrogates, NaN and more; no text from outside may reach it
 * before json_scan has accepted it.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_DEPTH_MAX 32

OWNED_DEFINE(json, struct json_object, (void)json_object_put);

/*
 * Is text one valid JSON value? Refused, with the JSON pointer (RFC 6901) of the fault in err->where: what RFC 8259
 * refuses, text that is not UTF-8 or begins with a byte order mark, nesting deeper than depth_max (1 to
 * JSON_DEPTH_MAX), member names that are equal after unescaping, lone surrogates, U+0000 (escaped too), numbers that an
 * IEEE 754 double can't hold finitely, integers beyond +-(2^53 - 1) (they must travel as strings). ERR_INVALID.
 */
bool json_scan(const char *text, size_t len, unsigned depth_max, struct err *err) MUST_CHECK;

/* json_scan, then the tree, to be released with json_object_put; NULL stands for the JSON null. */
bool json_parse(const char *text, size_t len, struct json_object **value, struct err *err) MUST_CHECK;

/* Appends the canonical form of RFC 8785. ERR_INVALID for a number that JSON can't express. */
bool json_canonical(const struct json_object *value, struct buf *out, struct err *err) MUST_CHECK;

/* Appends the ES6 text of a finite double, as RFC 8785, section 3.2.2.3 asks; false for NaN and infinities. */
bool json_number_text(double number, struct buf *out) MUST_CHECK;

/* Appends the plain text for people or the wire: members in insertion order; pretty: two spaces, else no white space. */
void json_text(const struct json_object *value, bool pretty, struct buf *out);

/* Adds a member whose text is a string of known length; takes nothing. value NULL adds the JSON null. */
void json_add_string(struct json_object *object, const char *name, const char *value);
void json_add_int(struct json_object *object, const char *name, int64_t value);
void json_add_double(struct json_object *object, const char *name, double value);
void json_add_bool(struct json_object *object, const char *name, bool value);
/* RFC 3339; time_us 0 adds the JSON null. */
void json_add_time(struct json_object *object, const char *name, int64_t time_us);
/* Takes value (NULL is the JSON null). */
void json_add(struct json_object *object, const char *name, struct json_object *value);

#endif
