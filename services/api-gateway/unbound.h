/* 404 for a service or environment that no policy is bound to: it says which ones there are. */
#ifndef GATEWAY_UNBOUND_H
#define GATEWAY_UNBOUND_H

#include "call.h"

/*
 * Answers; of what is bound only what the token may use with scope is named. where: the place of the fault in the body,
 * "" if it is the path. The texts live as long as the call.
 */
void unbound_answer(
	struct call *call, enum token_scope scope, const char *service, const char *environment, const char *where);

#endif
