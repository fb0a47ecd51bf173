#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf)
{
	*buf = (struct buf){ 0 };
}

void buf_finish(struct buf *buf)
{
	free(buf->data);
	buf_init(buf);
}

void buf_wipe(struct buf *buf)
{
	if (buf->data != NULL)
		explicit_bzero(buf->data, buf->capacity);
	buf_finish(buf);
}

void buf_reserve(struct buf *buf, size_t more_bytes)
{
	size_t need = buf->len + more_bytes + 1;
	if (need <= buf->capacity)
		return;
	size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
	while (capacity < need)
		capacity *= 2;
	buf->data = mem_realloc(buf->data, capacity);
	buf->capacity = capacity;
	buf->data[buf->len] = '\0';
}

void buf_append(struct buf *buf, const void *data, size_t len)
{
	buf_reserve(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_append_str(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_append_char(struct buf *buf, char c)
{
	buf_append(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	buf_reserve(buf, (size_t)len);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
	va_end(again);
	buf->len += (size_t)len;
}

void buf_truncate(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	if (buf->data == NULL)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

const char *buf_str(const struct buf *buf)
{
	return buf->data != NULL ? buf->data : "";
}

char *buf_steal(struct buf *buf, size_t *len)
{
	buf_reserve(buf, 0);
	char *data = buf->data;
	if (len != NULL)
		*len = buf->len;
	buf_init(buf);
	return data;
}
