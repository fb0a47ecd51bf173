/* The server's side of TLS: private to http. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/err.h"

/* TLS 1.2 and up with the chain and key of two PEM files; the caller's. ERR_CONFIG at tls_certificate or tls_key. */
bool tls_create(const char *certificate, const char *key, SSL_CTX **tls, struct err *err) MUST_CHECK;

#endif
