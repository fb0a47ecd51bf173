#include "base/encode.h"

#include <string.h>

char *hex_encode(const void *data, size_t len, char *text)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *bytes = data;
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digit[bytes[i] >> 4];
		text[2 * i + 1] = digit[bytes[i] & 15];
	}
	text[2 * len] = '\0';
	return text;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, void *data, size_t len)
{
	uint8_t *bytes = data;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text[2 * i]);
		int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);
		if (low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(const uint8_t *bytes, size_t len, const char *alphabet, bool padded, struct buf *out)
{
	buf_reserve(out, (len + 2) / 3 * 4);
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)bytes[i] << 16;
		if (n > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			group |= bytes[i + 2];
		char text[4] = { alphabet[group >> 18], alphabet[group >> 12 & 63], '=', '=' };
		if (n > 1)
			text[2] = alphabet[group >> 6 & 63];
		if (n > 2)
			text[3] = alphabet[group & 63];
		buf_append(out, text, padded ? 4 : n + 1);
	}
}

void base64_encode(const void *data, size_t len, struct buf *out)
{
	encode(data, len, standard, true, out);
}

void base64url_encode(const void *data, size_t len, struct buf *out)
{
	encode(data, len, url, false, out);
}

static bool decode_group(const char *text, size_t n, const char *alphabet, struct buf *out)
{
	uint32_t group = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = text[i] != '\0' ? strchr(alphabet, text[i]) : NULL;
		if (at == NULL)
			return false;
		group |= (uint32_t)(at - alphabet) << (18 - 6 * i);
	}
	uint8_t bytes[3] = { (uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group };
	/* The bits that carry no data must be zero, else several texts would mean the same bytes. */
	for (size_t i = n - 1; i < 3; i++)
		if (bytes[i] != 0)
			return false;
	buf_append(out, bytes, n - 1);
	return true;
}

static bool decode(const char *text, size_t len, const char *alphabet, struct buf *out)
{
	size_t start = out->len;
	buf_reserve(out, len / 4 * 3 + 3);
	for (size_t i = 0; i < len; i += 4) {
		size_t n = len - i < 4 ? len - i : 4;
		if (n < 2 || !decode_group(text + i, n, alphabet, out)) {
			buf_truncate(out, start);
			return false;
		}
	}
	return true;
}

bool base64_decode(const char *text, size_t len, struct buf *out)
{
	if (len % 4 != 0)
		return false;
	for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++)
		len--;
	return decode(text, len, standard, out);
}

bool base64url_decode(const char *text, size_t len, struct buf *out)
{
	return decode(text, len, url, out);
}
