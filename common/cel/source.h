/* The text of an expression, and errors that name a place in it. */
#ifndef CEL_SOURCE_H
#define CEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cel_text {
	const char *data;
	size_t len;
};

struct cel_source {
	const char *text; /* UTF-8 */
	size_t len;
};

/* A printf precision: texts in messages are cut, for they come from outside. */
#define CEL_SHOWN_MAX 64
#define CEL_SHOWN(text) (int)((text).len < CEL_SHOWN_MAX ? (text).len : CEL_SHOWN_MAX), (text).data

/* Sets an error whose place is "line:column" (characters, from 1) of the byte offset at. Returns false. */
bool cel_error_at(const struct cel_source *source, uint32_t at, struct err *err, enum err_kind kind, const char *format,
	...) PRINTF_LIKE(5, 6);

bool cel_text_equal(struct cel_text a, struct cel_text b);
bool cel_text_is(struct cel_text text, const char *name);

#endif
