#include "certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
}

static X509 *self_sign(EVP_PKEY *key)
{
	X509 *x509 = X509_new();
	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_gmtime_adj(X509_getm_notBefore(x509), -60);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, key);
	X509_NAME *name = X509_get_subject_name(x509);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x509, name);
	add_extension(x509, NID_subject_alt_name, "DNS:localhost");
	add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
	X509_sign(x509, key, EVP_sha256());
	return x509;
}

void certificate_create(struct certificate *certificate)
{
	*certificate = (struct certificate){ "/tmp/test-tls-cert-XXXXXX", "/tmp/test-tls-key-XXXXXX" };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x509 = self_sign(key);
	FILE *file = fdopen(mkstemp(certificate->certificate_path), "w");
	PEM_write_X509(file, x509);
	fclose(file);
	file = fdopen(mkstemp(certificate->key_path), "w");
	PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	X509_free(x509);
	EVP_PKEY_free(key);
}

void certificate_remove(const struct certificate *certificate)
{
	unlink(certificate->certificate_path);
	unlink(certificate->key_path);
}
