#include "http/tls.h"

#include <openssl/err.h>

static bool refuse(const char *where, const char *path, SSL_CTX *tls, struct err *err)
{
	char text[128];
	ERR_error_string_n(ERR_peek_error(), text, sizeof(text));
	ERR_clear_error();
	SSL_CTX_free(tls);
	return err_set_at(err, ERR_CONFIG, where, "%.200s: %s", path, text);
}

bool tls_create(const char *certificate, const char *key, SSL_CTX **out, struct err *err)
{
	ERR_clear_error();
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1)
		return refuse("tls_certificate", certificate, tls, err);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
	/* An idle connection gives its buffers back. */
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
		return refuse("tls_certificate", certificate, tls, err);
	if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(tls) != 1)
		return refuse("tls_key", key, tls, err);
	*out = tls;
	return true;
}
