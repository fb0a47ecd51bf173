#include "narrow.h"

#include "base/buf.h"
#include "json/json.h"

const char *narrow_grants(const struct token_identity *identity, enum token_scope scope, struct arena *arena)
{
	owned(json) struct json_object *all = json_object_new_array();
	for (size_t i = 0; i < identity->grant_count; i++) {
		const struct token_grant *grant = &identity->grants[i];
		if (grant->scope != scope)
			continue;
		struct json_object *pair = json_object_new_array();
		json_object_array_add(pair, json_strings_create(grant->services, grant->service_count));
		json_object_array_add(pair, json_strings_create(grant->environments, grant->environment_count));
		json_object_array_add(all, pair);
	}
	owned_buf struct buf text = { 0 };
	json_text(all, false, &text);
	return arena_strndup(arena, buf_str(&text), text.len);
}
