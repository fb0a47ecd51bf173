/* Query parameters, read and checked. All of these: what is absent leaves the output untouched; ERR_INVALID (or what
 * json_pattern says) with the parameter's name. */
#ifndef GATEWAY_QUERY_H
#define GATEWAY_QUERY_H

#include "base/err.h"
#include "http/request.h"
#include "json/fields.h"

/* Refuses parameters whose name is not among known (NULL at the end; NULL: none is known). */
bool query_check(const struct http_request *request, const char *const *known, struct err *err) MUST_CHECK;

bool query_number(const struct http_request *request, const char *name, int64_t min, int64_t max, int64_t *value,
	struct err *err) MUST_CHECK;
/* RFC 3339, in microseconds. */
bool query_time(const struct http_request *request, const char *name, int64_t *time_us, struct err *err) MUST_CHECK;
bool query_text(const struct http_request *request, const char *name, enum json_pattern pattern, const char **text,
	struct err *err) MUST_CHECK;
/* One of words (NULL at the end). */
bool query_word(const struct http_request *request, const char *name, const char *const *words, const char **word,
	struct err *err) MUST_CHECK;

#endif
