/* A growing byte buffer whose data always ends with a NUL that len does not count. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/own.h"

struct buf {
	char *data; /* NULL while nothing was ever appended */
	size_t len;
	size_t capacity;
};

/* An empty buffer; { 0 } is one too. */
void buf_init(struct buf *buf);
/* Frees what the buffer holds and leaves it empty. */
void buf_finish(struct buf *buf);
/* The same, after overwriting the bytes: for secrets. */
void buf_wipe(struct buf *buf);
/* Room for at least more_bytes further bytes. */
void buf_reserve(struct buf *buf, size_t more_bytes);
void buf_append(struct buf *buf, const void *data, size_t len);
void buf_append_str(struct buf *buf, const char *text);
void buf_append_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Drops everything after the first len bytes; len <= buf->len. */
void buf_truncate(struct buf *buf, size_t len);
/* The text, "" if empty. */
const char *buf_str(const struct buf *buf);
/* The malloc'ed bytes, the caller's from now on (never NULL); the buffer is empty again. len may be NULL. */
char *buf_steal(struct buf *buf, size_t *len);

/* owned_buf struct buf b = { 0 };   finished at the end of the block */
#define owned_buf __attribute__((cleanup(buf_finish)))

#endif
