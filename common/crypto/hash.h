/* SHA-256, HMAC-SHA256, random bytes, comparison in constant time (OpenSSL). */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65 /* with the NUL */

void sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE]);
/* Lower-case hex of the digest with a NUL; returns text. */
char *sha256_hex(const void *data, size_t len, char text[SHA256_HEX_SIZE]);

/* Several pieces as one message. */
struct crypto_piece {
	const void *data;
	size_t len;
};
void sha256_pieces(const struct crypto_piece *pieces, size_t count, uint8_t out[SHA256_SIZE]);
/* RFC 2104 over the pieces one after the other; whoever needs unambiguous fields frames them. */
void hmac_sha256(
	const void *key, size_t key_len, const struct crypto_piece *pieces, size_t count, uint8_t out[SHA256_SIZE]);

/* Are len bytes equal? Takes the same time whatever they are. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* Fills data from the kernel; a failure ends the process. */
void crypto_random(void *data, size_t len);

#endif
