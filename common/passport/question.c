#include "passport/question.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "json/json.h"

bool question_digest(const struct json_object *body, char digest[SHA256_HEX_SIZE], struct err *err)
{
	/* A shallow copy without `wait`: how long somebody waits does not change what is asked. */
	owned(json) struct json_object *asked = json_object_new_object();
	json_object_object_foreach (body, name, value) {
		if (strcmp(name, "wait") != 0)
			json_object_object_add(asked, name, json_object_get(value));
	}
	owned_buf struct buf canonical = { 0 };
	if (!json_canonical(asked, &canonical, err))
		return false;
	sha256_hex(canonical.data, canonical.len, digest);
	return true;
}

void question_evaluation_id(
	const char *workspace, const char *service, const char *environment, const char *key, char id[SHA256_HEX_SIZE])
{
	const char *const texts[] = { workspace, service, environment, key };
	owned_buf struct buf framed = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		buf_printf(&framed, "%zu:%s,", strlen(texts[i]), texts[i]);
	sha256_hex(framed.data, framed.len, id);
}
