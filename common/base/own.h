/*
 * Ownership: automatic clean-up of a local, and handing a pointer over.
 *
 *	owned(buf) struct buf *b = buf_create();   destroyed at the end of the block
 *	return take(b);                            ... unless it was handed over
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* Declares how owned(name) destroys a `type *`; destroy must take the half-built and is not called for NULL. */
#define OWNED_DEFINE(name, type, destroy)       \
	static inline void own_##name(type **p) \
	{                                       \
		if (*p != NULL)                 \
			destroy(*p);            \
	}                                       \
	struct own_##name##_needs_semicolon

#define owned(name) __attribute__((cleanup(own_##name)))

/* The value of pointer p, which becomes NULL. */
#define take(p)                                         \
	({                                              \
		__typeof__(&(p)) own_pointer = &(p);    \
		__typeof__(p) own_value = *own_pointer; \
		*own_pointer = NULL;                    \
		own_value;                              \
	})

/* malloc, calloc, realloc, strdup that never return NULL: memory running out ends the process, which loses nothing. */
void *mem_alloc(size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *mem_zalloc(size_t count, size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *mem_realloc(void *p, size_t size_bytes) __attribute__((returns_nonnull));
char *mem_strdup(const char *text) __attribute__((malloc, returns_nonnull));
void *mem_dup(const void *data, size_t size_bytes) __attribute__((malloc, returns_nonnull));

/* owned(mem): a block from malloc. */
static inline void own_mem(void *p)
{
	extern void free(void *);
	free(*(void **)p);
}

#endif
