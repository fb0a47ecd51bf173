/* Tokens: made, listed, revoked. Scope admin; it may grant every scope, also those that it does not hold itself. */
#ifndef GATEWAY_TOKENS_H
#define GATEWAY_TOKENS_H

#include "call.h"

extern const char *const tokens_list_query[];

/* POST /tokens: the answer is the only place where the token ever stands. */
void tokens_create(struct call *call);
/* GET /tokens */
void tokens_list(struct call *call);
/* DELETE /tokens/{id}: what is revoked already stays so. */
void tokens_revoke(struct call *call);

#endif
