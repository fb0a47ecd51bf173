#include "http/chunk.h"

#include <stdbool.h>

#define DIGITS_MAX 12
#define OVERHEAD_MAX 16384

enum state { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER_START, TRAILER, TRAILER_LF, END_LF };

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum http_chunk_result go(struct http_chunk *chunk, enum state state)
{
	chunk->state = (unsigned char)state;
	return HTTP_CHUNK_MORE;
}

static enum http_chunk_result expect(struct http_chunk *chunk, bool holds, enum state state)
{
	return holds ? go(chunk, state) : HTTP_CHUNK_BAD;
}

static enum http_chunk_result on_size(struct http_chunk *chunk, unsigned char c)
{
	int value = hex_value(c);
	if (value >= 0) {
		if (++chunk->digits > DIGITS_MAX)
			return HTTP_CHUNK_BAD;
		chunk->left = chunk->left * 16 + (size_t)value;
		return HTTP_CHUNK_MORE;
	}
	if (chunk->digits == 0)
		return HTTP_CHUNK_BAD;
	if (c == '\r')
		return go(chunk, SIZE_LF);
	return expect(chunk, c == ';', EXTENSION);
}

/* Of extensions and trailers only their end matters, and that nothing in them could be read as a line's end. */
static enum http_chunk_result on_dropped(struct http_chunk *chunk, unsigned char c, enum state at_end)
{
	if (c == '\r')
		return go(chunk, at_end);
	bool fits = (c >= ' ' || c == '\t') && c != 0x7f && ++chunk->overhead <= OVERHEAD_MAX;
	return fits ? HTTP_CHUNK_MORE : HTTP_CHUNK_BAD;
}

static enum http_chunk_result on_size_end(struct http_chunk *chunk, unsigned char c)
{
	chunk->digits = 0;
	return expect(chunk, c == '\n', chunk->left > 0 ? DATA : TRAILER_START);
}

static enum http_chunk_result on_byte(struct http_chunk *chunk, unsigned char c)
{
	switch ((enum state)chunk->state) {
	case SIZE: return on_size(chunk, c);
	case EXTENSION: return on_dropped(chunk, c, SIZE_LF);
	case SIZE_LF: return on_size_end(chunk, c);
	case DATA: break;
	case DATA_CR: return expect(chunk, c == '\r', DATA_LF);
	case DATA_LF: return expect(chunk, c == '\n', SIZE);
	case TRAILER_START:
		if (c == '\r')
			return go(chunk, END_LF);
		chunk->state = TRAILER;
		return c == ' ' || c == '\t' ? HTTP_CHUNK_BAD : on_dropped(chunk, c, TRAILER_LF);
	case TRAILER: return on_dropped(chunk, c, TRAILER_LF);
	case TRAILER_LF: return expect(chunk, c == '\n', TRAILER_START);
	case END_LF: return c == '\n' ? HTTP_CHUNK_DONE : HTTP_CHUNK_BAD;
	}
	return HTTP_CHUNK_BAD;
}

static size_t take_data(struct http_chunk *chunk, const char *data, size_t len, struct buf *body)
{
	size_t n = len < chunk->left ? len : chunk->left;
	buf_append(body, data, n);
	chunk->left -= n;
	if (chunk->left == 0)
		chunk->state = DATA_CR;
	return n;
}

enum http_chunk_result http_chunk_feed(
	struct http_chunk *chunk, const char *data, size_t len, size_t body_bytes_max, struct buf *body, size_t *used)
{
	enum http_chunk_result result = HTTP_CHUNK_MORE;
	size_t at = 0;
	while (result == HTTP_CHUNK_MORE && at < len) {
		if (chunk->state != DATA)
			result = on_byte(chunk, (unsigned char)data[at++]);
		else if (chunk->left > body_bytes_max - body->len)
			result = HTTP_CHUNK_TOO_LARGE;
		else
			at += take_data(chunk, data + at, len - at, body);
	}
	*used = at;
	return result;
}
