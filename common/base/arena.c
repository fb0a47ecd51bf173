#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 4000
#define ALIGNMENT _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used;
	size_t size;
	max_align_t data[];
};

struct deferred {
	struct deferred *next;
	void (*free_fn)(void *);
	void *object;
};

struct arena {
	struct block *blocks;
	struct deferred *deferred;
	size_t used_bytes;
};

struct arena *arena_create(void)
{
	return mem_zalloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct deferred *d = arena->deferred; d != NULL; d = d->next)
		d->free_fn(d->object);
	for (struct block *next, *block = arena->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct block *block_add(struct arena *arena, size_t size)
{
	struct block *block = mem_alloc(sizeof(*block) + size);
	block->used = 0;
	block->size = size;
	/* A block for one large object goes behind the first, which has room left. */
	if (arena->blocks != NULL && size > BLOCK_BYTES) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	assert(size_bytes < SIZE_MAX / 2);
	size_t size = (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct block *block = arena->blocks;
	if (block == NULL || block->size - block->used < size)
		block = block_add(arena, size > BLOCK_BYTES ? size : BLOCK_BYTES);
	void *p = (char *)block->data + block->used;
	block->used += size;
	arena->used_bytes += size;
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *arena, size_t count, size_t size_bytes)
{
	size_t total;
	if (__builtin_mul_overflow(count, size_bytes, &total))
		abort();
	return arena_alloc(arena, total);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	memcpy(copy, text, len);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	char *text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

size_t arena_used_bytes(const struct arena *arena)
{
	return arena->used_bytes;
}

void arena_defer(struct arena *arena, void (*free_fn)(void *), void *object)
{
	struct deferred *d = arena_alloc(arena, sizeof(*d));
	*d = (struct deferred){ arena->deferred, free_fn, object };
	arena->deferred = d;
}
