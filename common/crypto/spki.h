/*
 * The one DER form of a public key (SubjectPublicKeyInfo, RFC 5280, 5480, 8410) that we read and write: named curve,
 * uncompressed point. With one form only, a key has one key id.
 */
#ifndef CRYPTO_SPKI_H
#define CRYPTO_SPKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/own.h"
#include "crypto/key.h"

#define SPKI_MAX 91
#define SPKI_COORDINATE 32 /* bytes of x, of y, and of an Ed25519 key */

/* Is der exactly the form of one of our algorithms? Whether the point lies on the curve is not looked at. */
bool spki_algorithm(const uint8_t *der, size_t len, enum key_algorithm *algorithm) MUST_CHECK;
/* Where the key's coordinates begin in such a der: x then y of a P-256 point, or the 32 bytes of an Ed25519 key. */
const uint8_t *spki_coordinates(const uint8_t *der, enum key_algorithm algorithm);
/* The public half of key in this form; returns its length. */
size_t signing_key_spki(const struct signing_key *key, uint8_t der[SPKI_MAX]);

#endif
