/*
 * The api-gateway: the HTTP interface. It authenticates, validates, resolves the context of a gate call with one
 * statement, asks the evaluator and answers with what audit-writer has recorded. It decides nothing.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "passport/keyset.h"
#include "svc/svc.h"

struct http_server;
struct sessions;
struct waiters;
struct failures;
struct integrations;
struct due;
struct asked;

struct gateway_conf {
	struct conf_address listen;
	const char *tls_certificate_file;
	const char *tls_key_file;
	const char *keys_file;
	int64_t wait_default_ms;
	int64_t wait_max_ms;
	int64_t connections_max;
};

struct gateway {
	struct svc *svc;
	const struct gateway_conf *conf;
	struct http_server *server;
	struct keyset *keys;               /* whose signatures a passport may have */
	struct sessions *sessions;         /* tokens seen lately */
	struct waiters *waiters;           /* calls that wait for a decision */
	struct failures *failures;         /* evaluations that ended without one lately */
	struct integrations *integrations; /* what connectors report */
	struct due *due;                   /* background refresh */
	struct asked *asked;               /* gate requests not acknowledged yet */
};

extern const struct svc_descriptor gateway_svc;

#endif
