/*
 * Public keys. OpenSSL's error queue is emptied after each call that may fail: what stays in it would be taken for a
 * fault of the next TLS connection.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "crypto/key.h"
#include "crypto/spki.h"
#include "json/json.h"

struct verify_key {
	enum key_algorithm algorithm;
	EVP_PKEY *pkey;
	uint8_t spki[SPKI_MAX];
	size_t spki_len;
	uint8_t digest[SHA256_SIZE];
	char id[SHA256_HEX_SIZE];
};

static bool key_from_spki(const uint8_t *der, size_t len, struct verify_key **key, struct err *err)
{
	enum key_algorithm algorithm;
	if (!spki_algorithm(der, len, &algorithm))
		return err_set(err, ERR_FILE,
			"the public key is neither ECDSA P-256 (named curve, uncompressed point) nor Ed25519");
	const unsigned char *at = der;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)len);
	EVP_PKEY_CTX *ctx = pkey != NULL ? EVP_PKEY_CTX_new(pkey, NULL) : NULL;
	bool valid = ctx != NULL && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (!valid) {
		EVP_PKEY_free(pkey);
		return err_set(err, ERR_FILE, "the public key is no point of its curve");
	}
	struct verify_key *made = mem_zalloc(1, sizeof(*made));
	made->algorithm = algorithm;
	made->pkey = pkey;
	made->spki_len = len;
	memcpy(made->spki, der, len);
	sha256(der, len, made->digest);
	hex_encode(made->digest, sizeof(made->digest), made->id);
	*key = made;
	return true;
}

static bool only_space(BIO *bio)
{
	char c;
	while (BIO_read(bio, &c, 1) == 1)
		if (strchr(" \t\r\n", c) == NULL || c == '\0')
			return false;
	return true;
}

bool verify_key_parse(const char *pem, size_t len, struct verify_key **key, struct err *err)
{
	if (len > INT32_MAX)
		return err_set(err, ERR_FILE, "the public key's file is too large");
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long der_len = 0;
	bool ok = bio != NULL && PEM_read_bio(bio, &name, &header, &der, &der_len) == 1;
	ERR_clear_error();
	if (!ok)
		ok = err_set(err, ERR_FILE, "there is no PEM block");
	else if (strcmp(name, "PUBLIC KEY") != 0 || header[0] != '\0')
		ok = err_set(err, ERR_FILE, "the PEM block is \"%.40s\", not \"PUBLIC KEY\"", name);
	else if (!only_space(bio))
		ok = err_set(err, ERR_FILE, "something follows the public key");
	else
		ok = key_from_spki(der, (size_t)der_len, key, err);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
	return ok;
}

struct verify_key *signing_key_public(const struct signing_key *key)
{
	uint8_t der[SPKI_MAX];
	size_t len = signing_key_spki(key, der);
	struct verify_key *public = NULL;
	if (!key_from_spki(der, len, &public, NULL))
		abort();
	return public;
}

void verify_key_destroy(struct verify_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

enum key_algorithm verify_key_algorithm(const struct verify_key *key)
{
	return key->algorithm;
}

const char *key_algorithm_name(enum key_algorithm algorithm)
{
	return algorithm == KEY_ECDSA_P256 ? "ecdsa-p256" : "ed25519";
}

const char *verify_key_id(const struct verify_key *key)
{
	return key->id;
}

const uint8_t *verify_key_digest(const struct verify_key *key)
{
	return key->digest;
}

void verify_key_pem(const struct verify_key *key, struct buf *out)
{
	struct buf encoded = { 0 };
	base64_encode(key->spki, key->spki_len, &encoded);
	buf_append_str(out, "-----BEGIN PUBLIC KEY-----\n");
	/* RFC 7468: 64 characters a line. */
	for (size_t at = 0; at < encoded.len; at += 64) {
		buf_append(out, encoded.data + at, encoded.len - at < 64 ? encoded.len - at : 64);
		buf_append_char(out, '\n');
	}
	buf_append_str(out, "-----END PUBLIC KEY-----\n");
	buf_finish(&encoded);
}

bool verify_key_verify(
	const struct verify_key *key, const void *data, size_t len, const void *signature, size_t signature_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *digest = key->algorithm == KEY_ECDSA_P256 ? EVP_sha256() : NULL;
	/* OpenSSL refuses DER that is not minimal, what follows it, and r and s out of range (Wycheproof tests it). */
	bool holds = ctx != NULL && signature_len > 0 &&
		     EVP_DigestVerifyInit(ctx, NULL, digest, NULL, key->pkey) == 1 &&
		     EVP_DigestVerify(ctx, signature, signature_len, len > 0 ? data : "", len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return holds;
}

static void add_coordinate(struct json_object *jwk, const char *name, const uint8_t *coordinate)
{
	owned_buf struct buf text = { 0 };
	base64url_encode(coordinate, SPKI_COORDINATE, &text);
	json_add_string(jwk, name, buf_str(&text));
}

struct json_object *verify_key_jwk(const struct verify_key *key)
{
	const uint8_t *coordinates = spki_coordinates(key->spki, key->algorithm);
	bool p256 = key->algorithm == KEY_ECDSA_P256;
	struct json_object *jwk = json_object_new_object();
	json_add_string(jwk, "kty", p256 ? "EC" : "OKP");
	json_add_string(jwk, "crv", p256 ? "P-256" : "Ed25519");
	add_coordinate(jwk, "x", coordinates);
	if (p256)
		add_coordinate(jwk, "y", coordinates + SPKI_COORDINATE);
	json_add_string(jwk, "kid", key->id);
	json_add_string(jwk, "use", "sig");
	json_add_string(jwk, "alg", p256 ? "ES256" : "EdDSA");
	return jwk;
}
