#include "log/logfmt.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029;
}

static bool is_bare(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text >= 0x7f || *text == '"' || *text == '=' || *text == '\\')
			return false;
	}
	return true;
}

static void append_escaped(uint32_t code, const char *bytes, size_t len, struct buf *out)
{
	if (code == '\n')
		buf_append_str(out, "\\n");
	else if (code == '\t')
		buf_append_str(out, "\\t");
	else if (code == '"' || code == '\\')
		buf_printf(out, "\\%c", (char)code);
	else if (is_control(code))
		buf_printf(out, "\\u%04x", (unsigned)code);
	else
		buf_append(out, bytes, len);
}

void logfmt_append_value(const char *text, struct buf *out)
{
	if (text == NULL)
		text = "";
	if (is_bare(text)) {
		buf_append_str(out, text);
		return;
	}
	buf_append_char(out, '"');
	for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
		uint32_t code;
		n = utf8_decode(text, left, &code);
		if (n == 0) {
			n = 1;
			buf_append_str(out, REPLACEMENT);
		} else {
			append_escaped(code, text, n, out);
		}
	}
	buf_append_char(out, '"');
}
