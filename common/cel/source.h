/* The text of an expression, and errors that name a place in it. */
#ifndef CEL_SOURCE_H
#define CEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cel/cel.h"

struct cel_source {
	const char *text; /* UTF-8 */
	size_t len;
};

/* Precision and text for "%.*s": names and texts come from outside, so messages show a part of them. */
#define CEL_SHOWN(text) cel_text_shown(text), (text).data

/* Sets an error whose place is "line:column" (characters, from 1) of the byte offset at. Returns false. */
bool cel_error_at(const struct cel_source *source, uint32_t at, struct err *err, enum err_kind kind, const char *format,
	...) PRINTF_LIKE(5, 6);

/* How many bytes of it to show: at most 64, and no part of a character. */
int cel_text_shown(struct cel_text text);
bool cel_text_equal(struct cel_text a, struct cel_text b);
bool cel_text_is(struct cel_text text, const char *name);

#endif
