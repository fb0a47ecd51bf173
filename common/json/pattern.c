/* What texts may look like. */
#include <string.h>

#include "base/utf8.h"
#include "json/fields.h"

#define NAME_BYTES_MAX 128

static bool is_alphanumeric(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_name(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || len > NAME_BYTES_MAX || !is_alphanumeric(text[0]) || !is_alphanumeric(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alphanumeric(text[i]) && text[i] != '.' && text[i] != '_' && text[i] != '-')
			return false;
	return true;
}

static bool is_lower_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

static bool is_digest(const char *text)
{
	static const char prefix[] = "sha256:";
	return strncmp(text, prefix, strlen(prefix)) == 0 && is_lower_hex(text + strlen(prefix), 64);
}

static bool is_one_line(const char *text)
{
	uint32_t code;
	for (size_t n, left = strlen(text); left > 0; text += n, left -= n) {
		n = utf8_decode(text, left, &code);
		if (n == 0 || code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029)
			return false;
	}
	return true;
}

bool json_pattern_check(const char *text, enum json_pattern pattern, const char *where, struct err *err)
{
	switch (pattern) {
	case JSON_PATTERN_NONE: return true;
	case JSON_PATTERN_NAME:
		return is_name(text) || err_set_at(err, ERR_INVALID, where,
						"not a name: up to %d letters, digits, '.', '_' and '-', a letter or "
						"digit first and last",
						NAME_BYTES_MAX);
	case JSON_PATTERN_DIGEST:
		return is_digest(text) ||
		       err_set_at(err, ERR_UNPROCESSABLE, where,
			       "not a digest: sha256: and 64 lower-case hexadecimal digits are expected");
	case JSON_PATTERN_GIT_SHA:
		return is_lower_hex(text, 40) || is_lower_hex(text, 64) ||
		       err_set_at(err, ERR_UNPROCESSABLE, where,
			       "not a commit: 40 or 64 lower-case hexadecimal digits are expected");
	case JSON_PATTERN_ONE_LINE:
		return is_one_line(text) ||
		       err_set_at(err, ERR_INVALID, where, "a line of text may hold no control characters");
	}
	return err_set_at(err, ERR_INTERNAL, where, "no such pattern");
}
