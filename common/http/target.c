#include "http/target.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "base/utf8.h"

#define QUERY_COUNT_MAX 64

/* NULL if the text is wrong. */
static const char *decode(const char *text, size_t len, bool plus_is_space, struct arena *arena)
{
	char *out = arena_alloc(arena, len + 1);
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];
		if (text[i] == '%') {
			if (len - i < 3 || !hex_decode(text + i + 1, &byte, 1) || byte == 0)
				return NULL;
			i += 2;
		} else if (text[i] == '+' && plus_is_space) {
			byte = ' ';
		}
		out[n++] = (char)byte;
	}
	return utf8_valid(out, n) ? out : NULL;
}

static size_t count_of(char c, const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += text[i] == c;
	return n;
}

static size_t length_to(char c, const char *text, size_t len)
{
	const char *at = memchr(text, c, len);
	return at != NULL ? (size_t)(at - text) : len;
}

static bool parse_path(const char *text, size_t len, struct arena *arena, struct http_target *target, struct err *err)
{
	target->path = arena_strndup(arena, text, len);
	target->segments = arena_array(arena, count_of('/', text, len), sizeof(*target->segments));
	if (len == 1)
		return true;
	while (len > 0) {
		size_t n = length_to('/', text + 1, len - 1);
		const char *segment = decode(text + 1, n, false, arena);
		if (segment == NULL)
			return err_set(err, ERR_INVALID, "the path has a wrong percent escape or is not UTF-8");
		if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
			return err_set(err, ERR_INVALID, "the path has a segment . or ..");
		target->segments[target->segment_count++] = segment;
		text += n + 1;
		len -= n + 1;
	}
	return true;
}

static bool add_parameter(
	const char *text, size_t len, struct arena *arena, struct http_target *target, struct err *err)
{
	size_t name_len = length_to('=', text, len);
	const char *name = decode(text, name_len, true, arena);
	const char *value = name_len < len ? decode(text + name_len + 1, len - name_len - 1, true, arena) : "";
	if (name == NULL || value == NULL)
		return err_set(err, ERR_INVALID, "the query has a wrong percent escape or is not UTF-8");
	for (size_t i = 0; i < target->query_count; i++) {
		if (strcmp(target->query[i].name, name) == 0)
			return err_set_at(err, ERR_INVALID, name, "the query parameter is given twice");
	}
	target->query[target->query_count++] = (struct http_parameter){ name, value };
	return true;
}

static bool parse_query(const char *text, size_t len, struct arena *arena, struct http_target *target, struct err *err)
{
	size_t count = count_of('&', text, len) + 1;
	if (count > QUERY_COUNT_MAX)
		return err_set(err, ERR_INVALID, "the query has more than %d parameters", QUERY_COUNT_MAX);
	target->query = arena_array(arena, count, sizeof(*target->query));
	for (size_t at = 0; at < len;) {
		size_t n = length_to('&', text + at, len - at);
		if (n > 0 && !add_parameter(text + at, n, arena, target, err))
			return false;
		at += n + 1;
	}
	return true;
}

/* The length of "http://host" before the path; 0: text does not begin so. */
static size_t origin_length(const char *text, size_t len)
{
	static const char *const schemes[] = { "http://", "https://" };
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t n = strlen(schemes[i]);
		if (len > n && strncasecmp(text, schemes[i], n) == 0) {
			size_t slash = n + length_to('/', text + n, len - n);
			size_t question = n + length_to('?', text + n, len - n);
			return slash < question ? slash : question;
		}
	}
	return 0;
}

bool http_target_parse(const char *text, size_t len, struct arena *arena, struct http_target *target, struct err *err)
{
	struct http_target parsed = { .path = "*" };
	if (len == 1 && text[0] == '*') {
		*target = parsed;
		return true;
	}
	size_t skip = origin_length(text, len);
	text += skip;
	len -= skip;
	size_t path_len = length_to('?', text, len);
	if (memchr(text, '#', len) != NULL || (skip == 0 && (path_len == 0 || text[0] != '/')))
		return err_set(err, ERR_INVALID, "the request target is not a path");
	bool ok = path_len > 0 ? parse_path(text, path_len, arena, &parsed, err)
			       : parse_path("/", 1, arena, &parsed, err);
	if (ok && path_len < len)
		ok = parse_query(text + path_len + 1, len - path_len - 1, arena, &parsed, err);
	if (ok)
		*target = parsed;
	return ok;
}
