/* The strict decoder of chunked bodies (RFC 9112, section 7.1). Extensions and trailers are checked and dropped. */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include <stddef.h>

#include "base/buf.h"

enum http_chunk_result { HTTP_CHUNK_MORE, HTTP_CHUNK_DONE, HTTP_CHUNK_BAD, HTTP_CHUNK_TOO_LARGE };

/* { 0 } before the first byte. */
struct http_chunk {
	unsigned char state;
	unsigned char digits;
	size_t left;     /* of the present chunk */
	size_t overhead; /* bytes of extensions and trailers */
};

/* Appends what len bytes of data decode to; body grows to at most body_bytes_max. *used: the bytes taken of data. */
enum http_chunk_result http_chunk_feed(
	struct http_chunk *chunk, const char *data, size_t len, size_t body_bytes_max, struct buf *body, size_t *used);

#endif
