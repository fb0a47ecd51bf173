#include "base/utf8.h"

size_t utf8_decode(const char *text, size_t len, uint32_t *code)
{
	const uint8_t *s = (const uint8_t *)text;
	if (len == 0)
		return 0;
	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len < n)
		return 0;
	uint32_t value = s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3fu);
	}
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (value < smallest[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return n;
}

bool utf8_valid(const char *text, size_t len)
{
	uint32_t code;
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_decode(text + i, len - i, &code);
		if (n == 0)
			return false;
	}
	return true;
}

size_t utf8_count(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += (text[i] & 0xc0) != 0x80;
	return count;
}

size_t utf8_encode(uint32_t code, char *text)
{
	uint8_t *s = (uint8_t *)text;
	if (code < 0x80) {
		s[0] = (uint8_t)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, code >>= 6)
		s[i] = (uint8_t)(0x80 | (code & 0x3f));
	s[0] = (uint8_t)(code | (0xf00u >> n & 0xff));
	return n;
}

void utf8_repair(const char *text, size_t len, struct buf *out)
{
	for (size_t n; len > 0; text += n, len -= n) {
		uint32_t code;
		n = utf8_decode(text, len, &code);
		if (n > 0) {
			buf_append(out, text, n);
		} else {
			n = 1;
			buf_append_str(out, "\xef\xbf\xbd");
		}
	}
}
