#include "crypto/spki.h"

#include <string.h>

/* SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING (0 unused bits, 0x04 ...) } up to the coordinates. */
static const uint8_t p256_prefix[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };
/* SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING (0 unused bits) } up to the key. */
static const uint8_t ed25519_prefix[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

_Static_assert(sizeof(p256_prefix) + 2 * SPKI_COORDINATE == SPKI_MAX, "the longest form");

bool spki_algorithm(const uint8_t *der, size_t len, enum key_algorithm *algorithm)
{
	if (len == sizeof(p256_prefix) + 2 * SPKI_COORDINATE && memcmp(der, p256_prefix, sizeof(p256_prefix)) == 0)
		*algorithm = KEY_ECDSA_P256;
	else if (len == sizeof(ed25519_prefix) + SPKI_COORDINATE &&
		 memcmp(der, ed25519_prefix, sizeof(ed25519_prefix)) == 0)
		*algorithm = KEY_ED25519;
	else
		return false;
	return true;
}

const uint8_t *spki_coordinates(const uint8_t *der, enum key_algorithm algorithm)
{
	return der + (algorithm == KEY_ECDSA_P256 ? sizeof(p256_prefix) : sizeof(ed25519_prefix));
}
