/* Private keys. Their bytes live in OpenSSL's EVP_PKEY, which wipes them when it is freed, and nowhere else. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/key.h"
#include "crypto/spki.h"

struct signing_key {
	enum key_algorithm algorithm;
	EVP_PKEY *pkey;
};

/* An encrypted key must be refused, not asked for on the terminal. */
static int no_password(char *text, int size, int writing, void *data)
{
	(void)text, (void)size, (void)writing, (void)data;
	return -1;
}

static bool named_p256(const EVP_PKEY *pkey)
{
	char curve[64], encoding[64];
	return EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve), NULL) == 1 &&
	       strcmp(curve, SN_X9_62_prime256v1) == 0 &&
	       EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, encoding, sizeof(encoding), NULL) ==
		       1 &&
	       strcmp(encoding, OSSL_PKEY_EC_ENCODING_GROUP) == 0;
}

static bool check_kind(EVP_PKEY *pkey, enum key_algorithm *algorithm, struct err *err)
{
	if (EVP_PKEY_is_a(pkey, "ED25519") == 1) {
		*algorithm = KEY_ED25519;
		return true;
	}
	if (EVP_PKEY_is_a(pkey, "EC") != 1)
		return err_set(err, ERR_FILE, "the private key is of kind %.20s, not ECDSA P-256 or Ed25519",
			EVP_PKEY_get0_type_name(pkey));
	if (!named_p256(pkey))
		return err_set(err, ERR_FILE, "the private key's curve is not P-256 by name");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	bool valid = ctx != NULL && EVP_PKEY_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!valid)
		return err_set(err, ERR_FILE, "the private key and its public half do not belong together");
	/* Whatever form the file chose for the point, the published key has one form only. */
	if (EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		    OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) != 1)
		return err_set(err, ERR_INTERNAL, "the form of the public point can't be set");
	*algorithm = KEY_ECDSA_P256;
	return true;
}

static struct signing_key *key_around(EVP_PKEY *pkey, enum key_algorithm algorithm)
{
	struct signing_key *key = mem_zalloc(1, sizeof(*key));
	key->algorithm = algorithm;
	key->pkey = pkey;
	return key;
}

bool signing_key_parse(const char *pem, size_t len, struct signing_key **key, struct err *err)
{
	if (len > INT32_MAX)
		return err_set(err, ERR_FILE, "the private key's file is too large");
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	enum key_algorithm algorithm = KEY_ECDSA_P256;
	bool ok = pkey != NULL ? check_kind(pkey, &algorithm, err)
			       : err_set(err, ERR_FILE, "there is no private key in PEM form without a password");
	ERR_clear_error();
	if (ok)
		*key = key_around(pkey, algorithm);
	else
		EVP_PKEY_free(pkey);
	return ok;
}

struct signing_key *signing_key_generate(enum key_algorithm algorithm)
{
	EVP_PKEY *pkey = algorithm == KEY_ECDSA_P256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", SN_X9_62_prime256v1)
						     : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (pkey == NULL)
		abort();
	return key_around(pkey, algorithm);
}

void signing_key_destroy(struct signing_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

void signing_key_pem(const struct signing_key *key, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem()); /* wipes its bytes when it grows and when it is freed */
	char *text;
	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1)
		abort();
	long len = BIO_get_mem_data(bio, &text);
	buf_append(out, text, (size_t)len);
	BIO_free(bio);
}

bool signing_key_sign(const struct signing_key *key, const void *data, size_t len, struct buf *out, struct err *err)
{
	const EVP_MD *digest = key->algorithm == KEY_ECDSA_P256 ? EVP_sha256() : NULL;
	uint8_t signature[128];
	size_t signature_len = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, digest, NULL, key->pkey) == 1 &&
		  EVP_DigestSign(ctx, signature, &signature_len, len > 0 ? data : (const void *)"", len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!ok)
		return err_set(err, ERR_INTERNAL, "the signature can't be made");
	buf_append(out, signature, signature_len);
	return true;
}

size_t signing_key_spki(const struct signing_key *key, uint8_t der[SPKI_MAX])
{
	unsigned char *made = NULL;
	int len = i2d_PUBKEY(key->pkey, &made);
	if (len <= 0 || len > SPKI_MAX)
		abort();
	memcpy(der, made, (size_t)len);
	OPENSSL_free(made);
	return (size_t)len;
}
