/* Signing keys: ECDSA P-256 with SHA-256 (signatures in DER) and Ed25519, from PEM. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"

enum key_algorithm { KEY_ECDSA_P256, KEY_ED25519 };

struct signing_key;
struct verify_key;

/* A private key from PEM (PKCS#8 or SEC 1, no password). ERR_FILE names what is wrong; other curves and kinds are
 * refused. */
bool signing_key_parse(const char *pem, size_t len, struct signing_key **key, struct err *err) MUST_CHECK;
/* A fresh one. */
struct signing_key *signing_key_generate(enum key_algorithm algorithm);
void signing_key_destroy(struct signing_key *key);
OWNED_DEFINE(signing_key, struct signing_key, signing_key_destroy);
/* Appends the PKCS#8 PEM: the caller wipes out (buf_wipe). */
void signing_key_pem(const struct signing_key *key, struct buf *out);
/* Appends the signature over the bytes: DER for ECDSA, 64 bytes for Ed25519. */
bool signing_key_sign(
	const struct signing_key *key, const void *data, size_t len, struct buf *out, struct err *err) MUST_CHECK;
/* The public half, the caller's. */
struct verify_key *signing_key_public(const struct signing_key *key);

/* A public key from PEM (SubjectPublicKeyInfo). The point is checked to lie on the curve. ERR_FILE. */
bool verify_key_parse(const char *pem, size_t len, struct verify_key **key, struct err *err) MUST_CHECK;
void verify_key_destroy(struct verify_key *key);
OWNED_DEFINE(verify_key, struct verify_key, verify_key_destroy);
enum key_algorithm verify_key_algorithm(const struct verify_key *key);
/* "ecdsa-p256" or "ed25519". */
const char *key_algorithm_name(enum key_algorithm algorithm);
/* Hex of the SHA-256 of the DER SubjectPublicKeyInfo: the key id. Valid as long as the key. */
const char *verify_key_id(const struct verify_key *key);
/* The same as 32 bytes. */
const uint8_t *verify_key_digest(const struct verify_key *key);
void verify_key_pem(const struct verify_key *key, struct buf *out);
/* Does the signature hold? Any malformed signature is a plain false: BER that is no DER, r or s out of range. */
bool verify_key_verify(const struct verify_key *key, const void *data, size_t len, const void *signature,
	size_t signature_len) MUST_CHECK;

struct json_object;
/* The public key as a JWK (RFC 7517, RFC 8037) with kid = key id, use = sig, alg; the caller's. */
struct json_object *verify_key_jwk(const struct verify_key *key);

#endif
