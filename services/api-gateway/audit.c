#include "audit.h"

#include <assert.h>

#include "json/json.h"

struct pg_param audit_body(const struct json_object *what, struct arena *arena)
{
	owned_buf struct buf text = { 0 };
	struct err err;
	bool ok = json_canonical(what, &text, &err);
	assert(ok);
	(void)ok;
	return (struct pg_param)PG_BYTES(arena_strndup(arena, buf_str(&text), text.len), text.len);
}
