/*
 * The public test vectors, which are no part of the project: the folder that RP_VECTORS names, else ../shared/vectors
 * beside the source tree. A program that needs them says VECTORS_MAIN in the place of UNIT_MAIN; where the folder is
 * absent it prints "SKIP <name>: no vectors" and ends with 77, which meson counts as skipped.
 *
 *	struct json_object *tests = vectors_tests("jcs/pairs.json", &file);
 *	for (size_t i = 0; i < json_object_array_length(tests); i++) {
 *		struct json_object *test = json_object_array_get_idx(tests, i);
 *		vectors_base64(test, "input", &input);
 *		...
 *	}
 *	ck_assert_uint_eq(json_object_array_length(tests), 4);
 *	json_object_put(file);
 */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "unit.h"

/* Returns if the folder is there, else ends the program with 77. */
void vectors_require(const char *name);

/* The whole file at path below the folder, to be released with json_object_put. A fault ends the program with 1. */
struct json_object *vectors_load(const char *path) __attribute__((returns_nonnull));
/* Its array "tests", borrowed from *file, which the caller releases. */
struct json_object *vectors_tests(const char *path, struct json_object **file) __attribute__((returns_nonnull));

/* A member that is text: NULL if absent or null. It may hold U+0000, then only vectors_bytes has all of it. */
const char *vectors_text(struct json_object *test, const char *name);
/* Appends the member's text, U+0000 included; false if it is absent or null. */
bool vectors_bytes(struct json_object *test, const char *name, struct buf *out);
/* Appends the decoded member; false if it is absent or null, a wrong encoding ends the program with 1. */
bool vectors_base64(struct json_object *test, const char *name, struct buf *out);
bool vectors_hex(struct json_object *test, const char *name, struct buf *out);
/* A whole number; fallback if absent. */
int64_t vectors_int(struct json_object *test, const char *name, int64_t fallback);
/* Is text among the array of texts at name (such as "needs")? */
bool vectors_has(struct json_object *test, const char *name, const char *text);

#define VECTORS_MAIN(name, ...)                                                                \
	int main(void)                                                                         \
	{                                                                                      \
		const TTest *unit_tests[] = { __VA_ARGS__ };                                   \
		vectors_require(name);                                                         \
		return unit_run(name, unit_tests, sizeof(unit_tests) / sizeof(unit_tests[0])); \
	}

#endif
