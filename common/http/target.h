/* The request target: path segments and query parameters, decoded. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct http_parameter {
	const char *name, *value;
};

struct http_target {
	const char *path; /* as sent */
	const char **segments;
	size_t segment_count;
	struct http_parameter *query;
	size_t query_count;
};

/*
 * Reads "/path?query", "http://host/path?query" or "*". Refused: a wrong percent escape, what decodes to no UTF-8 or to
 * U+0000, segments "." and "..", a fragment, a query name given twice. ERR_INVALID.
 */
bool http_target_parse(
	const char *text, size_t len, struct arena *arena, struct http_target *target, struct err *err) MUST_CHECK;

#endif
