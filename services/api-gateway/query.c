#include "query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DIGITS_MAX 9

static bool is_among(const char *text, const char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

bool query_check(const struct http_request *request, const char *const *known, struct err *err)
{
	for (size_t i = 0; i < http_request_query_count(request); i++) {
		const char *name = http_request_query_name(request, i);
		if (!is_among(name, known))
			return err_set_at(err, ERR_INVALID, name, "there is no such parameter here");
	}
	return true;
}

bool query_number(
	const struct http_request *request, const char *name, int64_t min, int64_t max, int64_t *value, struct err *err)
{
	const char *text = http_request_query(request, name);
	if (text == NULL)
		return true;
	const size_t len = strlen(text);
	const bool is_number = len > 0 && len <= DIGITS_MAX && strspn(text, "0123456789") == len;
	const int64_t number = is_number ? strtoll(text, NULL, 10) : 0;
	if (!is_number || number < min || number > max)
		return err_set_at(
			err, ERR_INVALID, name, "a number between %" PRId64 " and %" PRId64 " is expected", min, max);
	*value = number;
	return true;
}

bool query_time(const struct http_request *request, const char *name, int64_t *time_us, struct err *err)
{
	const char *text = http_request_query(request, name);
	if (text == NULL || clock_parse(text, strlen(text), time_us, err))
		return true;
	return err_add_where(err, name);
}

bool query_text(const struct http_request *request, const char *name, enum json_pattern pattern, const char **text,
	struct err *err)
{
	const char *value = http_request_query(request, name);
	if (value == NULL)
		return true;
	if (!json_pattern_check(value, pattern, name, err))
		return false;
	*text = value;
	return true;
}

bool query_word(const struct http_request *request, const char *name, const char *const *words, const char **word,
	struct err *err)
{
	const char *value = http_request_query(request, name);
	if (value == NULL)
		return true;
	if (is_among(value, words)) {
		*word = value;
		return true;
	}
	owned_buf struct buf list = { 0 };
	for (size_t i = 0; words[i] != NULL; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	return err_set_at(err, ERR_INVALID, name, "must be one of %s", buf_str(&list));
}
