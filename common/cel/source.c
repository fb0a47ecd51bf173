#include "cel/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64

bool cel_error_at(
	const struct cel_source *source, uint32_t at, struct err *err, enum err_kind kind, const char *format, ...)
{
	uint32_t line = 1;
	uint32_t column = 1;
	for (size_t i = 0; i < at && i < source->len; i++) {
		unsigned char c = (unsigned char)source->text[i];
		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xc0) != 0x80) {
			column++;
		}
	}
	char where[32];
	snprintf(where, sizeof(where), "%u:%u", line, column);
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set_at(err, kind, where, "%s", text);
}

int cel_text_shown(struct cel_text text)
{
	if (text.len <= SHOWN_MAX)
		return (int)text.len;
	size_t len = SHOWN_MAX;
	while (len > 0 && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len--;
	return (int)len;
}

bool cel_text_equal(struct cel_text a, struct cel_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool cel_text_is(struct cel_text text, const char *name)
{
	return text.len == strlen(name) && memcmp(text.data, name, text.len) == 0;
}
