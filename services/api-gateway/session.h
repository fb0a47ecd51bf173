/*
 * Who calls: bearer tokens looked up by their hash. What was found is believed for at most five seconds, or until
 * PostgreSQL says that the token changed; wrong ones are counted by address and limited, which stops no token that was
 * valid lately.
 */
#ifndef GATEWAY_SESSION_H
#define GATEWAY_SESSION_H

#include "auth/token.h"
#include "http/request.h"
#include "svc/svc.h"

struct sessions;

#define SESSION_LIFE_US (INT64_C(5) * 1000000)

struct sessions *sessions_create(struct svc *svc);
void sessions_destroy(struct sessions *sessions);

/*
 * identity lives as long as the request. NULL: ERR_UNAUTHENTICATED (says the same whether the token is missing,
 * malformed, unknown, expired or revoked), ERR_RATE_LIMITED (too many wrong tokens from this address), ERR_UNAVAILABLE.
 */
typedef void session_fn(const struct token_identity *identity, const struct err *err, void *arg);
void sessions_authenticate(struct sessions *sessions, struct http_request *request, session_fn *call, void *arg);

/* The token changed: forget it. An empty id forgets all (the connection that listens was lost). */
void sessions_drop(struct sessions *sessions, const char *token_id);

#endif
