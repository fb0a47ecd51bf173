#include "json/pointer.h"

#include <string.h>

char *json_pointer_member(struct arena *arena, const char *pointer, const char *name)
{
	owned_buf struct buf escaped = { 0 };
	json_pointer_append(&escaped, name, strlen(name));
	return arena_printf(arena, "%s%s", pointer, buf_str(&escaped));
}

void json_pointer_append(struct buf *pointer, const char *name, size_t len)
{
	buf_append_char(pointer, '/');
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '~')
			buf_append_str(pointer, "~0");
		else if (name[i] == '/')
			buf_append_str(pointer, "~1");
		else
			buf_append_char(pointer, name[i]);
	}
}

char *json_pointer_index(struct arena *arena, const char *pointer, size_t index)
{
	return arena_printf(arena, "%s/%zu", pointer, index);
}
