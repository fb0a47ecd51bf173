#include "crypto/hash.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/encode.h"

/* SHA-256 has no input that it refuses: a failure means that memory or the library is gone, hence the aborts here. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

void sha256_pieces(const struct crypto_piece *pieces, size_t count, uint8_t out[SHA256_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	must(ctx != NULL);
	must(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	for (size_t i = 0; i < count; i++)
		must(EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len));
	must(EVP_DigestFinal_ex(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

void sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE])
{
	sha256_pieces(&(struct crypto_piece){ data, len }, 1, out);
}

char *sha256_hex(const void *data, size_t len, char text[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	sha256(data, len, digest);
	return hex_encode(digest, sizeof(digest), text);
}

void hmac_sha256(
	const void *key, size_t key_len, const struct crypto_piece *pieces, size_t count, uint8_t out[SHA256_SIZE])
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(mac != NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	must(ctx != NULL);
	/* A NULL key would mean "keep the last one". */
	must(EVP_MAC_init(ctx, key_len > 0 ? key : "", key_len, params));
	for (size_t i = 0; i < count; i++)
		must(EVP_MAC_update(ctx, pieces[i].data, pieces[i].len));
	size_t len = 0;
	must(EVP_MAC_final(ctx, out, &len, SHA256_SIZE));
	assert(len == SHA256_SIZE);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_random(void *data, size_t len)
{
	uint8_t *at = data;
	/* More than 256 bytes may come in parts. */
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);
		if (n <= 0)
			abort();
		at += n;
		len -= (size_t)n;
	}
}
