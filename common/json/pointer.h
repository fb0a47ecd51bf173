/* JSON pointers (RFC 6901): the places that errors name. */
#ifndef JSON_POINTER_H
#define JSON_POINTER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

/* pointer + "/name", with ~ and / in the name escaped. */
char *json_pointer_member(struct arena *arena, const char *pointer, const char *name);
char *json_pointer_index(struct arena *arena, const char *pointer, size_t index);
/* Appends "/name" in place; name has len bytes. */
void json_pointer_append(struct buf *pointer, const char *name, size_t len);

#endif
