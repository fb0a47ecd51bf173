/*
 * The published keys, each with the time during which it signs. A rotation overlaps: the next key is published before
 * the last one's time is over.
 */
#ifndef PASSPORT_KEYSET_H
#define PASSPORT_KEYSET_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/key.h"

#define KEYSET_MAX 64

struct keyset_key {
	struct verify_key *key;
	int64_t not_before_us; /* 0: from ever */
	int64_t not_after_us;  /* 0: without an end */
};

struct keyset {
	struct keyset_key *keys;
	size_t count;
};

/*
 * Reads a key set: {"keys": [{"publicKey": "<PEM>", "notBefore": time, "notAfter": time or null}]} (the JWKS of
 * keyset_jwks is such a text), or PEM blocks "PUBLIC KEY" one after the other, which hold at any time. At least one
 * key, none twice. ERR_FILE.
 */
bool keyset_parse(const char *text, size_t len, struct keyset **set, struct err *err) MUST_CHECK;
void keyset_destroy(struct keyset *set);
OWNED_DEFINE(keyset, struct keyset, keyset_destroy);

/* The key of this id, borrowed; NULL if there is none. */
const struct keyset_key *keyset_find(const struct keyset *set, const char *key_id);
/* Does the key sign at this time? not_before belongs to it, not_after does not. */
bool keyset_valid_at(const struct keyset_key *key, int64_t time_us);

/* {"keys": [...]}: each a JWK with publicKey (PEM), notBefore and notAfter beside its members; the caller's. */
struct json_object *keyset_jwks(const struct keyset *set);
/* Appends the PEM blocks, each behind two lines that name the key and its time. */
void keyset_pem(const struct keyset *set, struct buf *out);

#endif
