#include "passport/keyset.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "json/fields.h"
#include "json/json.h"

#define PEM_END "-----END PUBLIC KEY-----"

/* Adds the key that is in this PEM text. */
static bool add_key(
	struct keyset *set, const char *pem, size_t len, int64_t not_before_us, int64_t not_after_us, struct err *err)
{
	if (set->count == KEYSET_MAX)
		return err_set(err, ERR_FILE, "a key set has at most %d keys", KEYSET_MAX);
	if (not_after_us != 0 && not_after_us <= not_before_us)
		return err_set(err, ERR_FILE, "the key's time ends before it begins");
	struct verify_key *key;
	if (!verify_key_parse(pem, len, &key, err))
		return false;
	if (keyset_find(set, verify_key_id(key)) != NULL) {
		verify_key_destroy(key);
		return err_set(err, ERR_FILE, "the key is there twice");
	}
	set->keys = mem_realloc(set->keys, (set->count + 1) * sizeof(*set->keys));
	set->keys[set->count++] = (struct keyset_key){ key, not_before_us, not_after_us };
	return true;
}

/* PEM blocks with whatever text between them, as RFC 7468 allows. */
static bool read_pem(struct keyset *set, const char *text, size_t len, struct err *err)
{
	const char *end = text + len;
	for (const char *at = text, *mark; (mark = memmem(at, (size_t)(end - at), PEM_END, strlen(PEM_END))) != NULL;) {
		mark += strlen(PEM_END);
		if (!add_key(set, at, (size_t)(mark - at), 0, 0, err))
			return err_add(err, "key %zu", set->count + 1);
		at = mark;
	}
	if (set->count == 0)
		return err_set(err, ERR_FILE, "there is no PEM block \"PUBLIC KEY\" and no JSON key set");
	return true;
}

struct entry {
	const char *public_key;
	int64_t not_before_us, not_after_us;
	const char *jwk_member; /* the JWK's own members say again what publicKey says */
};

static const struct json_field entry_fields[] = {
	{ "publicKey", JSON_STRING, offsetof(struct entry, public_key), .mandatory = true, .max = 4096 },
	{ "notBefore", JSON_TIME, offsetof(struct entry, not_before_us) },
	{ "notAfter", JSON_TIME, offsetof(struct entry, not_after_us) },
	{ "kty", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "crv", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "x", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "y", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "kid", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "use", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ "alg", JSON_STRING, offsetof(struct entry, jwk_member) },
	{ 0 },
};

struct file {
	struct json_array keys;
};

static const struct json_field file_fields[] = {
	{ "keys", JSON_ARRAY, offsetof(struct file, keys), .mandatory = true, .max = KEYSET_MAX, .child = entry_fields,
		.child_size = sizeof(struct entry) },
	{ 0 },
};

static bool read_json(struct keyset *set, const char *text, size_t len, struct err *err)
{
	owned(json) struct json_object *tree = NULL;
	owned(arena) struct arena *arena = arena_create();
	struct file file = { 0 };
	struct err why = { 0 };
	if (!json_parse(text, len, &tree, &why) || !json_read(tree, file_fields, "", arena, &file, &why))
		return err_set_at(err, ERR_FILE, why.where, "%.400s", why.text);
	const struct entry *entries = file.keys.items;
	for (size_t i = 0; i < file.keys.count; i++)
		if (!add_key(set, entries[i].public_key, strlen(entries[i].public_key), entries[i].not_before_us,
			    entries[i].not_after_us, err))
			return err_add_where(err, json_pointer_index(arena, "/keys", i));
	if (set->count == 0)
		return err_set_at(err, ERR_FILE, "/keys", "the key set is empty");
	return true;
}

bool keyset_parse(const char *text, size_t len, struct keyset **set, struct err *err)
{
	size_t at = 0;
	while (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
		at++;
	owned(keyset) struct keyset *made = mem_zalloc(1, sizeof(*made));
	bool json = at < len && text[at] == '{';
	if (json ? !read_json(made, text, len, err) : !read_pem(made, text, len, err))
		return false;
	*set = take(made);
	return true;
}

void keyset_destroy(struct keyset *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->count; i++)
		verify_key_destroy(set->keys[i].key);
	free(set->keys);
	free(set);
}

const struct keyset_key *keyset_find(const struct keyset *set, const char *key_id)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(verify_key_id(set->keys[i].key), key_id) == 0)
			return &set->keys[i];
	return NULL;
}

bool keyset_valid_at(const struct keyset_key *key, int64_t time_us)
{
	return time_us >= key->not_before_us && (key->not_after_us == 0 || time_us < key->not_after_us);
}

struct json_object *keyset_jwks(const struct keyset *set)
{
	struct json_object *list = json_object_new_array(), *object = json_object_new_object();
	for (size_t i = 0; i < set->count; i++) {
		const struct keyset_key *key = &set->keys[i];
		owned_buf struct buf pem = { 0 };
		verify_key_pem(key->key, &pem);
		struct json_object *jwk = verify_key_jwk(key->key);
		json_add_string(jwk, "publicKey", buf_str(&pem));
		json_add_time(jwk, "notBefore", key->not_before_us);
		json_add_time(jwk, "notAfter", key->not_after_us);
		json_object_array_add(list, jwk);
	}
	json_add(object, "keys", list);
	return object;
}

static const char *bound(int64_t time_us, const char *unbounded, char text[CLOCK_RFC3339_SIZE])
{
	return time_us != 0 ? clock_format(time_us, text) : unbounded;
}

void keyset_pem(const struct keyset *set, struct buf *out)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct keyset_key *key = &set->keys[i];
		char from[CLOCK_RFC3339_SIZE], to[CLOCK_RFC3339_SIZE];
		buf_printf(
			out, "# %s %s\n", key_algorithm_name(verify_key_algorithm(key->key)), verify_key_id(key->key));
		buf_printf(out, "# signs from %s until %s\n", bound(key->not_before_us, "ever", from),
			bound(key->not_after_us, "further notice", to));
		verify_key_pem(key->key, out);
	}
}
