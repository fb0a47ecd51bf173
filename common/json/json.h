/*
 * JSON from outside: a validating scanner of ours (RFC 8259, I-JSON RFC 7493), then json-c's tree.
 *
 * json-c alone, even strict, accepts duplicate names, lone surrogates, NaN and more; no text from outside may reach it
 * before json_scan has accepted it. What the scanner accepts, it accepts in canonical form too, which has the same
 * meaning: values travel between processes in that form.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_DEPTH_MAX 32
/*
 * Values of any kind in one text. json-c spends about 800 bytes and a microsecond on an object, be it empty: 1 MiB of
 * "{}," would cost 250 MiB and hold up the loop.
 */
#define JSON_VALUES_MAX 32768
/* 2^53 - 1: the doubles beyond it have gaps of more than one (RFC 7493, section 2.2). */
#define JSON_INTEGER_MAX INT64_C(9007199254740991)

OWNED_DEFINE(json, struct json_object, (void)json_object_put);

/*
 * Is text one valid JSON value? Refused, with the JSON pointer (RFC 6901) of the fault in err->where and its line and
 * column in the text: what RFC 8259 refuses, text that is not UTF-8 or begins with a byte order mark, nesting deeper
 * than depth_max (1 to JSON_DEPTH_MAX), more than JSON_VALUES_MAX values, member names that are equal after
 * unescaping, lone surrogates, U+0000 (escaped too), numbers that do not fit (json_number_fits), integers beyond
 * +-JSON_INTEGER_MAX (they must travel as strings). Takes time in proportion to len (the names of an object are
 * sorted). ERR_INVALID.
 */
bool json_scan(const char *text, size_t len, unsigned depth_max, struct err *err) MUST_CHECK;

/* json_scan to JSON_DEPTH_MAX, then the tree, to be released with json_object_put; NULL stands for the JSON null. */
bool json_parse(const char *text, size_t len, struct json_object **value, struct err *err) MUST_CHECK;

/*
 * Appends the canonical form of RFC 8785. For a number that does not fit (json_number_fits) or a string that is not
 * UTF-8, which no tree of json_parse holds: ERR_INVALID, its JSON pointer in err->where, and out as it was.
 */
bool json_canonical(const struct json_object *value, struct buf *out, struct err *err) MUST_CHECK;

/* Appends the ES6 text of a finite double, as RFC 8785, section 3.2.2.3 asks; false for NaN and infinities. */
bool json_number_text(double number, struct buf *out) MUST_CHECK;

/*
 * May this be a JSON number here? It must be finite, and its ES6 text must be no integer beyond +-JSON_INTEGER_MAX
 * (from 10^21 on the text has an exponent, and such a number is taken for what it is: not exact).
 */
bool json_number_fits(double number) MUST_CHECK;

/* Appends the plain text for people or the wire: members in insertion order; pretty: two spaces, else no white space.
 */
void json_text(const struct json_object *value, bool pretty, struct buf *out);

/*
 * Each adds a member to object, in the place of one of that name if there is one. Names are ours: UTF-8, copied.
 * Text is copied; bytes in it that are not UTF-8 become U+FFFD; NULL adds the JSON null.
 */
void json_add_string(struct json_object *object, const char *name, const char *value);
/* value within +-JSON_INTEGER_MAX; larger ones go as strings. */
void json_add_int(struct json_object *object, const char *name, int64_t value);
/* The JSON null for a number that does not fit (json_number_fits). */
void json_add_double(struct json_object *object, const char *name, double value);
void json_add_bool(struct json_object *object, const char *name, bool value);
/* RFC 3339; time_us 0 adds the JSON null. */
void json_add_time(struct json_object *object, const char *name, int64_t time_us);
/* Takes value (NULL is the JSON null). */
void json_add(struct json_object *object, const char *name, struct json_object *value);
/* A string value to put into an array, made as json_add_string makes it. */
struct json_object *json_string_create(const char *value);
/* An array of such strings. */
struct json_object *json_strings_create(const char *const *values, size_t count);

#endif
