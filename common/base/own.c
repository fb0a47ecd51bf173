#include "base/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_die(void *p)
{
	if (p == NULL) {
		fputs("level=error msg=\"out of memory\"\n", stderr);
		abort();
	}
	return p;
}

void *mem_alloc(size_t size_bytes)
{
	return or_die(malloc(size_bytes > 0 ? size_bytes : 1));
}

void *mem_zalloc(size_t count, size_t size_bytes)
{
	return or_die(calloc(count > 0 ? count : 1, size_bytes > 0 ? size_bytes : 1));
}

void *mem_realloc(void *p, size_t size_bytes)
{
	return or_die(realloc(p, size_bytes > 0 ? size_bytes : 1));
}

char *mem_strdup(const char *text)
{
	return or_die(strdup(text));
}

void *mem_dup(const void *data, size_t size_bytes)
{
	void *copy = mem_alloc(size_bytes);
	if (size_bytes > 0)
		memcpy(copy, data, size_bytes);
	return copy;
}
