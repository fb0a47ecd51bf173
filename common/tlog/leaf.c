#include "tlog/leaf.h"

#include <string.h>

#include "base/encode.h"
#include "json/json.h"

#define ID_MAX 128

static bool is_id(const char *id)
{
	size_t len = strlen(id);
	for (size_t i = 0; i < len; i++)
		if (id[i] <= ' ' || id[i] > '~')
			return false;
	return len > 0 && len <= ID_MAX;
}

static bool is_hex_digest(const char *text)
{
	return strlen(text) == 2 * SHA256_SIZE && strspn(text, "0123456789abcdef") == 2 * SHA256_SIZE;
}

bool tlog_leaf_record(const struct tlog_leaf *leaf, struct buf *out, struct err *err)
{
	if (!is_id(leaf->id))
		return err_set(err, ERR_INVALID, "the leaf's id is none");
	if (leaf->evaluation_id != NULL && !is_hex_digest(leaf->evaluation_id))
		return err_set(err, ERR_INVALID, "the leaf's evaluation id is none");
	char digest[SHA256_HEX_SIZE];
	owned(json) struct json_object *record = json_object_new_object();
	json_add_int(record, "v", 1);
	json_add_string(record, "kind", leaf->kind == TLOG_PASSPORT ? "passport" : "audit-event");
	json_add_string(record, "id", leaf->id);
	if (leaf->evaluation_id != NULL)
		json_add_string(record, "evaluationId", leaf->evaluation_id);
	json_add_string(record, "sha256", hex_encode(leaf->digest, sizeof(leaf->digest), digest));
	json_add_time(record, "time", leaf->time_us);
	return json_canonical(record, out, err);
}

void tlog_leaf_hash(const void *record, size_t len, uint8_t hash[SHA256_SIZE])
{
	const struct crypto_piece pieces[] = { { "\0", 1 }, { record, len } };
	sha256_pieces(pieces, 2, hash);
}
