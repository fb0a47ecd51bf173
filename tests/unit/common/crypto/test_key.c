#include "crypto/key.h"

#include <json-c/json_object.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/encode.h"
#include "unit.h"

static const enum key_algorithm algorithms[] = { KEY_ECDSA_P256, KEY_ED25519 };

/* The public key of RFC 8410, section 10.1. */
static const char rfc8410_pem[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
				  "-----END PUBLIC KEY-----\n";

enum form { FORM_PUBLIC, FORM_PKCS8, FORM_SEC1, FORM_ENCRYPTED };

static char *pem_text(EVP_PKEY *pkey, enum form form)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int ok = 0;
	switch (form) {
	case FORM_PUBLIC: ok = PEM_write_bio_PUBKEY(bio, pkey); break;
	case FORM_PKCS8: ok = PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL); break;
	case FORM_SEC1: ok = PEM_write_bio_PrivateKey_traditional(bio, pkey, NULL, NULL, 0, NULL, NULL); break;
	case FORM_ENCRYPTED:
		ok = PEM_write_bio_PKCS8PrivateKey(bio, pkey, EVP_aes_256_cbc(), "secret", 6, NULL, NULL);
		break;
	}
	ck_assert_int_eq(ok, 1);
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	char *text = mem_alloc((size_t)len + 1);
	memcpy(text, data, (size_t)len);
	text[len] = '\0';
	BIO_free(bio);
	return text;
}

/* Takes pkey. */
static char *pem_of(EVP_PKEY *pkey, enum form form)
{
	ck_assert_ptr_nonnull(pkey);
	char *text = pem_text(pkey, form);
	EVP_PKEY_free(pkey);
	return text;
}

static void refuse_signing(const char *pem, const char *why)
{
	struct signing_key *key = NULL;
	struct err err = { 0 };
	ck_assert(!signing_key_parse(pem, strlen(pem), &key, &err));
	ck_assert_ptr_null(key);
	ck_assert_int_eq(err.kind, ERR_FILE);
	ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}

static void refuse_verify(const char *pem, const char *why)
{
	struct verify_key *key = NULL;
	struct err err = { 0 };
	ck_assert(!verify_key_parse(pem, strlen(pem), &key, &err));
	ck_assert_ptr_null(key);
	ck_assert_int_eq(err.kind, ERR_FILE);
	ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}

static struct verify_key *parse_public(const char *pem)
{
	struct verify_key *key = NULL;
	struct err err = { 0 };
	ck_assert_msg(verify_key_parse(pem, strlen(pem), &key, &err), "%s", err.text);
	return key;
}

START_TEST(test_key__what_is_signed_verifies)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		owned(signing_key) struct signing_key *key = signing_key_generate(algorithms[i]);
		owned(verify_key) struct verify_key *public = signing_key_public(key);
		owned_buf struct buf signature = { 0 };
		struct err err = { 0 };
		ck_assert_int_eq(verify_key_algorithm(public), algorithms[i]);
		ck_assert(signing_key_sign(key, "text", 4, &signature, &err));
		ck_assert(verify_key_verify(public, "text", 4, signature.data, signature.len));
		ck_assert(!verify_key_verify(public, "Text", 4, signature.data, signature.len));
		ck_assert(!verify_key_verify(public, "text", 3, signature.data, signature.len));
		buf_finish(&signature);
		ck_assert(signing_key_sign(key, NULL, 0, &signature, &err));
		ck_assert(verify_key_verify(public, NULL, 0, signature.data, signature.len));
	}
}
END_TEST

START_TEST(test_key__any_changed_byte_of_a_signature_breaks_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		owned(signing_key) struct signing_key *key = signing_key_generate(algorithms[i]);
		owned(verify_key) struct verify_key *public = signing_key_public(key);
		owned_buf struct buf signature = { 0 };
		ck_assert(signing_key_sign(key, "text", 4, &signature, NULL));
		for (size_t at = 0; at < signature.len; at++) {
			signature.data[at] ^= 1;
			ck_assert(!verify_key_verify(public, "text", 4, signature.data, signature.len));
			signature.data[at] ^= 1;
			ck_assert(!verify_key_verify(public, "text", 4, signature.data, at));
		}
		buf_append_char(&signature, '\0');
		ck_assert(!verify_key_verify(public, "text", 4, signature.data, signature.len));
		ck_assert_uint_eq(ERR_peek_error(), 0);
	}
}
END_TEST

START_TEST(test_key__another_key_does_not_verify)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
		for (size_t j = 0; j < ARRAY_SIZE(algorithms); j++) {
			owned(signing_key) struct signing_key *key = signing_key_generate(algorithms[i]);
			owned(signing_key) struct signing_key *other = signing_key_generate(algorithms[j]);
			owned(verify_key) struct verify_key *public = signing_key_public(other);
			owned_buf struct buf signature = { 0 };
			ck_assert(signing_key_sign(key, "text", 4, &signature, NULL));
			ck_assert(!verify_key_verify(public, "text", 4, signature.data, signature.len));
		}
}
END_TEST

START_TEST(test_key__pem_reads_back)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		owned(signing_key) struct signing_key *key = signing_key_generate(algorithms[i]);
		owned(verify_key) struct verify_key *public = signing_key_public(key);
		struct buf pem = { 0 };
		signing_key_pem(key, &pem);
		ck_assert_msg(strncmp(pem.data, "-----BEGIN PRIVATE KEY-----\n", 28) == 0, "%s", pem.data);
		struct signing_key *again = NULL;
		ck_assert(signing_key_parse(pem.data, pem.len, &again, NULL));
		buf_wipe(&pem);
		verify_key_pem(public, &pem);
		owned(verify_key) struct verify_key *public_again = parse_public(pem.data);
		buf_finish(&pem);
		owned_buf struct buf signature = { 0 };
		ck_assert(signing_key_sign(again, "text", 4, &signature, NULL));
		ck_assert(verify_key_verify(public_again, "text", 4, signature.data, signature.len));
		ck_assert_str_eq(verify_key_id(public), verify_key_id(public_again));
		signing_key_destroy(again);
	}
	signing_key_destroy(NULL);
	verify_key_destroy(NULL);
}
END_TEST

START_TEST(test_key__public_pem_is_what_openssl_writes)
{
	owned(verify_key) struct verify_key *key = parse_public(rfc8410_pem);
	owned_buf struct buf pem = { 0 };
	verify_key_pem(key, &pem);
	ck_assert_str_eq(pem.data, rfc8410_pem);

	char *text = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), FORM_PUBLIC);
	owned(verify_key) struct verify_key *p256 = parse_public(text);
	buf_truncate(&pem, 0);
	verify_key_pem(p256, &pem);
	ck_assert_str_eq(pem.data, text);
	free(text);
}
END_TEST

START_TEST(test_key__id_is_the_digest_of_the_der)
{
	owned(verify_key) struct verify_key *key = parse_public(rfc8410_pem);
	owned_buf struct buf der = { 0 };
	const char *encoded = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
	ck_assert(base64_decode(encoded, strlen(encoded), &der));
	char text[SHA256_HEX_SIZE];
	ck_assert_str_eq(verify_key_id(key), sha256_hex(der.data, der.len, text));
	uint8_t digest[SHA256_SIZE];
	sha256(der.data, der.len, digest);
	ck_assert_mem_eq(verify_key_digest(key), digest, SHA256_SIZE);
}
END_TEST

START_TEST(test_key__reads_sec1_behind_its_parameters)
{
	char *sec1 = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), FORM_SEC1);
	ck_assert_msg(strncmp(sec1, "-----BEGIN EC PRIVATE KEY-----", 30) == 0, "%s", sec1);
	owned_buf struct buf both = { 0 };
	buf_append_str(&both, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n");
	buf_append_str(&both, sec1);
	struct err err = { 0 };
	struct signing_key *alone = NULL, *behind = NULL;
	ck_assert_msg(signing_key_parse(sec1, strlen(sec1), &alone, &err), "%s", err.text);
	ck_assert_msg(signing_key_parse(both.data, both.len, &behind, &err), "%s", err.text);
	signing_key_destroy(alone);
	signing_key_destroy(behind);
	free(sec1);
}
END_TEST

START_TEST(test_key__refuses_other_kinds_and_curves)
{
	static const char *const curves[] = { "P-384", "P-521", "secp256k1" };
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		char *private = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i]), FORM_PKCS8);
		char *public = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i]), FORM_PUBLIC);
		refuse_signing(private, "curve is not P-256");
		refuse_verify(public, "neither ECDSA P-256");
		free(private);
		free(public);
	}
	static const char *const kinds[] = { "X25519", "ED448" };
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *private = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, kinds[i]), FORM_PKCS8);
		char *public = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, kinds[i]), FORM_PUBLIC);
		refuse_signing(private, kinds[i]);
		refuse_verify(public, "neither ECDSA P-256");
		free(private);
		free(public);
	}
	char *rsa = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), FORM_PKCS8);
	refuse_signing(rsa, "RSA");
	free(rsa);
}
END_TEST

START_TEST(test_key__refuses_what_is_no_key)
{
	static const char *const texts[] = { "", "\n", "not a key",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n" };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		refuse_signing(texts[i], "there is no private key");
	refuse_signing(rfc8410_pem, "there is no private key");
	refuse_verify("", "no PEM block");
	refuse_verify("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n", "no PEM block");
	refuse_verify("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "neither ECDSA P-256");
	refuse_verify("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\"CERTIFICATE\"");
}
END_TEST

START_TEST(test_key__refuses_an_encrypted_key_without_asking)
{
	char *pem = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), FORM_ENCRYPTED);
	refuse_signing(pem, "without a password");
	free(pem);
}
END_TEST

START_TEST(test_key__refuses_what_follows_a_public_key)
{
	char text[2 * sizeof(rfc8410_pem) + 10];
	snprintf(text, sizeof(text), "%s%s", rfc8410_pem, rfc8410_pem);
	refuse_verify(text, "something follows");
	snprintf(text, sizeof(text), "%s\r\n\t ", rfc8410_pem);
	verify_key_destroy(parse_public(text));
}
END_TEST

/* A P-256 key in DER whose 65 bytes of the point end as given. */
static void der_to_pem(const char *hex, struct buf *pem)
{
	uint8_t der[91];
	ck_assert_uint_eq(strlen(hex), 2 * sizeof(der));
	ck_assert(hex_decode(hex, der, sizeof(der)));
	buf_append_str(pem, "-----BEGIN PUBLIC KEY-----\n");
	base64_encode(der, sizeof(der), pem);
	buf_append_str(pem, "\n-----END PUBLIC KEY-----\n");
}

START_TEST(test_key__refuses_a_point_off_the_curve)
{
	/* The base point of P-256 (SP 800-186), then the same with another last byte of y. */
	static const char prefix[] = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
	static const char x[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
	static const char y[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
	char hex[183];
	owned_buf struct buf good = { 0 }, bad = { 0 };
	snprintf(hex, sizeof(hex), "%s%s%s", prefix, x, y);
	der_to_pem(hex, &good);
	verify_key_destroy(parse_public(good.data));
	hex[181] = '4';
	der_to_pem(hex, &bad);
	refuse_verify(bad.data, "no point of its curve");
}
END_TEST

START_TEST(test_key__refuses_a_compressed_point)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	ck_assert_int_eq(
		EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
	char *private = pem_text(pkey, FORM_PKCS8);
	char *public = pem_of(pkey, FORM_PUBLIC);
	refuse_verify(public, "uncompressed point");
	/* A private key may carry its public half so: what we publish of it has the one form. */
	struct signing_key *key = NULL;
	struct err err = { 0 };
	ck_assert_msg(signing_key_parse(private, strlen(private), &key, &err), "%s", err.text);
	verify_key_destroy(signing_key_public(key));
	signing_key_destroy(key);
	free(private);
	free(public);
}
END_TEST

START_TEST(test_key__refuses_explicit_parameters)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
	char *private = pem_text(pkey, FORM_PKCS8);
	char *public = pem_of(pkey, FORM_PUBLIC);
	refuse_signing(private, "by name");
	refuse_verify(public, "named curve");
	free(private);
	free(public);
}
END_TEST

START_TEST(test_key__refuses_halves_of_different_keys)
{
	EVP_PKEY *one = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"),
		 *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	BIGNUM *secret = NULL;
	uint8_t point[65];
	size_t len;
	ck_assert_int_eq(EVP_PKEY_get_bn_param(one, OSSL_PKEY_PARAM_PRIV_KEY, &secret), 1);
	ck_assert_int_eq(
		EVP_PKEY_get_octet_string_param(other, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len), 1);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, len);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *mixed = NULL;
	ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &mixed, EVP_PKEY_KEYPAIR, params), 1);
	char *pem = pem_of(mixed, FORM_PKCS8);
	refuse_signing(pem, "do not belong together");
	free(pem);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_clear_free(secret);
	EVP_PKEY_free(one);
	EVP_PKEY_free(other);
}
END_TEST

static const char *member(struct json_object *jwk, const char *name)
{
	struct json_object *value;
	return json_object_object_get_ex(jwk, name, &value) ? json_object_get_string(value) : NULL;
}

START_TEST(test_key__jwk_of_ed25519)
{
	owned(verify_key) struct verify_key *key = parse_public(rfc8410_pem);
	struct json_object *jwk = verify_key_jwk(key);
	ck_assert_str_eq(member(jwk, "kty"), "OKP");
	ck_assert_str_eq(member(jwk, "crv"), "Ed25519");
	ck_assert_str_eq(member(jwk, "x"), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE");
	ck_assert_str_eq(member(jwk, "kid"), verify_key_id(key));
	ck_assert_str_eq(member(jwk, "use"), "sig");
	ck_assert_str_eq(member(jwk, "alg"), "EdDSA");
	ck_assert_int_eq(json_object_object_length(jwk), 6);
	json_object_put(jwk);
}
END_TEST

/* The base point of P-256: its coordinates are known. */
START_TEST(test_key__jwk_of_p256)
{
	owned_buf struct buf pem = { 0 };
	der_to_pem("3059301306072a8648ce3d020106082a8648ce3d03010703420004"
		   "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
		   "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
		&pem);
	owned(verify_key) struct verify_key *key = parse_public(pem.data);
	struct json_object *jwk = verify_key_jwk(key);
	ck_assert_str_eq(member(jwk, "kty"), "EC");
	ck_assert_str_eq(member(jwk, "crv"), "P-256");
	ck_assert_str_eq(member(jwk, "x"), "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY");
	ck_assert_str_eq(member(jwk, "y"), "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU");
	ck_assert_str_eq(member(jwk, "alg"), "ES256");
	ck_assert_int_eq(json_object_object_length(jwk), 7);
	json_object_put(jwk);
}
END_TEST

START_TEST(test_key__algorithms_have_names)
{
	ck_assert_str_eq(key_algorithm_name(KEY_ECDSA_P256), "ecdsa-p256");
	ck_assert_str_eq(key_algorithm_name(KEY_ED25519), "ed25519");
}
END_TEST

UNIT_MAIN("crypto/key", test_key__what_is_signed_verifies, test_key__any_changed_byte_of_a_signature_breaks_it,
	test_key__another_key_does_not_verify, test_key__pem_reads_back, test_key__public_pem_is_what_openssl_writes,
	test_key__id_is_the_digest_of_the_der, test_key__reads_sec1_behind_its_parameters,
	test_key__refuses_other_kinds_and_curves, test_key__refuses_what_is_no_key,
	test_key__refuses_an_encrypted_key_without_asking, test_key__refuses_what_follows_a_public_key,
	test_key__refuses_a_point_off_the_curve, test_key__refuses_a_compressed_point,
	test_key__refuses_explicit_parameters, test_key__refuses_halves_of_different_keys, test_key__jwk_of_ed25519,
	test_key__jwk_of_p256, test_key__algorithms_have_names)
