/* The head of a request: request line and headers, read by http-parser after http/scan.h has accepted the bytes. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/target.h"

struct http_head_line {
	const char *name, *value;
};

struct http_head {
	const char *method;
	struct http_target target;
	struct http_head_line *lines;
	size_t line_count;
	bool version_1_0;
	bool keep_alive;
	bool expect_continue;
	bool chunked;
	size_t content_length; /* 0 if chunked */
};

/*
 * Reads text, which a scan has found complete, into the arena. On failure head->method, keep_alive and so on may
 * already be set, for the answer. ERR_INVALID, ERR_HEADERS_TOO_LARGE (too many), ERR_NOT_IMPLEMENTED (method, transfer
 * coding), ERR_HTTP_VERSION.
 */
bool http_head_parse(
	const char *text, size_t len, struct arena *arena, struct http_head *head, struct err *err) MUST_CHECK;

/* The value of a header, name in any case, several lines joined in the arena; NULL if there is none. */
const char *http_head_find(const struct http_head *head, const char *name, struct arena *arena);

#endif
