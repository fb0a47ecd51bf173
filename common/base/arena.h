/* Memory that is freed all at once: one arena a request or record. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/own.h"

struct arena;

struct arena *arena_create(void);
void arena_destroy(struct arena *arena);
OWNED_DEFINE(arena, struct arena, arena_destroy);

/* Zeroed memory aligned for any type; valid until the arena is destroyed. */
void *arena_alloc(struct arena *arena, size_t size_bytes) __attribute__((returns_nonnull));
/* The same for an array; an overflow of count * size_bytes ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t size_bytes) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *arena, const char *text) __attribute__((returns_nonnull));
/* A copy of len bytes with a NUL behind them. */
char *arena_strndup(struct arena *arena, const char *text, size_t len) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) __attribute__((returns_nonnull));
/* Bytes handed out so far: for budgets. */
size_t arena_used_bytes(const struct arena *arena);
/* Calls free_fn(object) when the arena is destroyed, last registered first. */
void arena_defer(struct arena *arena, void (*free_fn)(void *), void *object);

#endif
