#include "policy/line.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static bool is_blank(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x2028 || c == 0x2029;
}

char *line_of(struct arena *arena, const char *text, size_t max)
{
	owned_buf struct buf line = { 0 };
	bool blank = false;
	for (size_t n, left = strlen(text); left > 0; text += n, left -= n) {
		uint32_t c = ' ';
		n = utf8_decode(text, left, &c);
		if (n == 0)
			n = 1;
		if (is_blank(c)) {
			blank = line.len > 0;
			continue;
		}
		if (line.len + blank + n > max) {
			buf_append_str(&line, "...");
			break;
		}
		if (blank)
			buf_append_char(&line, ' ');
		blank = false;
		buf_append(&line, text, n);
	}
	return arena_strndup(arena, buf_str(&line), line.len);
}
