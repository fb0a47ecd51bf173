#include "passport/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "json/json.h"
#include "passport/member.h"

void dsse_pae(const char *payload_type, const void *payload, size_t len, struct buf *out)
{
	buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(payload_type), payload_type, len);
	buf_append(out, payload, len);
}

static void add_base64(struct json_object *object, const char *name, const void *data, size_t len)
{
	owned_buf struct buf text = { 0 };
	base64_encode(data, len, &text);
	json_add_string(object, name, buf_str(&text));
}

bool dsse_sign(const struct signing_key *key, const char *payload_type, const void *payload, size_t len,
	struct buf *out, struct err *err)
{
	owned_buf struct buf pae = { 0 }, signature = { 0 };
	dsse_pae(payload_type, payload, len, &pae);
	if (!signing_key_sign(key, pae.data, pae.len, &signature, err))
		return false;

	owned(json) struct json_object *envelope = json_object_new_object();
	add_base64(envelope, "payload", payload, len);
	json_add_string(envelope, "payloadType", payload_type);
	struct json_object *entry = json_object_new_object();
	json_add_string(entry, "keyid", "");
	add_base64(entry, "sig", signature.data, signature.len);
	struct json_object *signatures = json_object_new_array();
	json_object_array_add(signatures, entry);
	json_add(envelope, "signatures", signatures);
	return json_canonical(envelope, out, err);
}

static bool decode_member(const struct json_object *object, const char *name, struct buf *out, struct err *err)
{
	const char *text = member_text(object, name);
	if (text == NULL)
		return err_set_at(err, ERR_INVALID, name, "the text %s is missing", name);
	if (!base64_decode(text, strlen(text), out))
		return err_set_at(err, ERR_INVALID, name, "%s is no base64 (standard alphabet, padded)", name);
	return true;
}

static bool read_signature(const struct json_object *entry, struct buf *out, struct err *err)
{
	struct json_object *keyid;
	if (!json_object_is_type(entry, json_type_object))
		return err_set(err, ERR_INVALID, "a signature is no object");
	if (json_object_object_get_ex(entry, "keyid", &keyid) && !json_object_is_type(keyid, json_type_string))
		return err_set_at(err, ERR_INVALID, "keyid", "keyid is no text");
	if (!decode_member(entry, "sig", out, err))
		return false;
	if (out->len == 0)
		return err_set_at(err, ERR_INVALID, "sig", "the signature is empty");
	return true;
}

static bool read_signatures(const struct json_object *object, struct dsse_envelope *envelope, struct err *err)
{
	struct json_object *signatures = member_array(object, "signatures");
	size_t count = signatures != NULL ? json_object_array_length(signatures) : 0;
	if (count == 0 || count > DSSE_SIGNATURES_MAX)
		return err_set_at(
			err, ERR_INVALID, "/signatures", "an envelope has 1 to %d signatures", DSSE_SIGNATURES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!read_signature(json_object_array_get_idx(signatures, i), &envelope->signatures[i], err)) {
			char where[64];
			snprintf(where, sizeof(where), "/signatures/%zu%s", i,
				err != NULL && err->where[0] != '\0' ? "/" : "");
			return err_add_where(err, where);
		}
		envelope->nsignatures = i + 1;
	}
	return true;
}

static bool read_envelope(const struct json_object *object, struct dsse_envelope *envelope, struct err *err)
{
	if (!json_object_is_type(object, json_type_object))
		return err_set(err, ERR_INVALID, "the envelope is no JSON object");
	const char *payload_type = member_text(object, "payloadType");
	if (payload_type == NULL)
		return err_set_at(err, ERR_INVALID, "/payloadType", "the text payloadType is missing");
	if (!decode_member(object, "payload", &envelope->payload, err))
		return err_add_where(err, "/");
	if (!read_signatures(object, envelope, err))
		return false;
	envelope->payload_type = mem_strdup(payload_type);
	return true;
}

bool dsse_parse(const char *text, size_t len, struct dsse_envelope *envelope, struct err *err)
{
	owned(json) struct json_object *object = NULL;
	if (!json_parse(text, len, &object, err))
		return false;
	struct dsse_envelope read = { 0 };
	if (!read_envelope(object, &read, err)) {
		dsse_envelope_finish(&read);
		return false;
	}
	*envelope = read;
	return true;
}

void dsse_envelope_finish(struct dsse_envelope *envelope)
{
	free(envelope->payload_type);
	buf_finish(&envelope->payload);
	/* The one at nsignatures may be half-read. */
	for (size_t i = 0; i < DSSE_SIGNATURES_MAX; i++)
		buf_finish(&envelope->signatures[i]);
	*envelope = (struct dsse_envelope){ 0 };
}

bool dsse_verify(const struct dsse_envelope *envelope, const char *payload_type, const struct verify_key *const *keys,
	size_t nkeys, size_t *index, struct err *err)
{
	if (envelope->nsignatures != 1)
		return err_set(err, ERR_UNVERIFIED, "the envelope has %zu signatures, not one", envelope->nsignatures);
	if (strcmp(envelope->payload_type, payload_type) != 0)
		return err_set(err, ERR_UNVERIFIED, "the payload is of type \"%.100s\", not %s", envelope->payload_type,
			payload_type);
	const struct buf *signature = &envelope->signatures[0];
	owned_buf struct buf pae = { 0 };
	dsse_pae(payload_type, envelope->payload.data, envelope->payload.len, &pae);
	for (size_t i = 0; i < nkeys; i++) {
		if (!verify_key_verify(keys[i], pae.data, pae.len, signature->data, signature->len))
			continue;
		if (index != NULL)
			*index = i;
		return true;
	}
	return err_set(err, ERR_UNVERIFIED, "the signature holds under none of %zu keys", nkeys);
}
