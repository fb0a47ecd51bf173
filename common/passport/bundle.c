#include "passport/bundle.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/encode.h"
#include "json/json.h"
#include "passport/member.h"

bool bundle_build(const char *envelope, size_t len, const struct verify_key *key, struct buf *out, struct err *err)
{
	struct json_object *content;
	if (!json_parse(envelope, len, &content, err))
		return false;
	owned_buf struct buf hint = { 0 };
	base64_encode(verify_key_digest(key), SHA256_SIZE, &hint);
	struct json_object *public_key = json_object_new_object();
	json_add_string(public_key, "hint", buf_str(&hint));
	struct json_object *material = json_object_new_object();
	json_add(material, "publicKey", public_key);

	owned(json) struct json_object *bundle = json_object_new_object();
	json_add_string(bundle, "mediaType", BUNDLE_MEDIA_TYPE);
	json_add(bundle, "verificationMaterial", material);
	json_add(bundle, "dsseEnvelope", content);
	return json_canonical(bundle, out, err);
}

/* Sigstore's own readers refuse members that they do not know; so do we, lest a bundle mean two things. */
static bool only_members(struct json_object *object, const char *const *names, struct err *err)
{
	json_object_object_foreach (object, name, value) {
		(void)value;
		bool known = false;
		for (size_t i = 0; names[i] != NULL; i++)
			known = known || strcmp(names[i], name) == 0;
		if (!known)
			return err_set(err, ERR_INVALID, "a bundle has no member \"%.60s\" there", name);
	}
	return true;
}

static bool check_material(const struct json_object *bundle, struct err *err)
{
	static const char *const names[] = { "publicKey", "tlogEntries", "timestampVerificationData", NULL };
	static const char *const key_names[] = { "hint", NULL };
	struct json_object *material = member_object(bundle, "verificationMaterial");
	struct json_object *key = member_object(material, "publicKey");
	if (key == NULL)
		return err_set_at(err, ERR_INVALID, "/verificationMaterial",
			"only bundles that name a public key are read, none with certificates");
	if (!only_members(material, names, err) || !only_members(key, key_names, err))
		return err_add_where(err, "/verificationMaterial");
	return true;
}

bool bundle_parse(const char *text, size_t len, struct buf *envelope, struct err *err)
{
	static const char *const names[] = { "mediaType", "verificationMaterial", "dsseEnvelope", NULL };
	owned(json) struct json_object *bundle = NULL;
	if (!json_parse(text, len, &bundle, err))
		return false;
	const char *media_type = member_text(bundle, "mediaType");
	if (media_type == NULL || strcmp(media_type, BUNDLE_MEDIA_TYPE) != 0)
		return err_set_at(err, ERR_INVALID, "/mediaType", "this is no Sigstore bundle of version 0.3");
	if (!check_material(bundle, err))
		return false;
	struct json_object *content = member_object(bundle, "dsseEnvelope");
	if (content == NULL)
		return err_set_at(err, ERR_INVALID, "/dsseEnvelope", "the bundle holds no envelope");
	return only_members(bundle, names, err) && json_canonical(content, envelope, err);
}
