/* Which policy gates a service in an environment, and how. */
#ifndef GATEWAY_BINDINGS_H
#define GATEWAY_BINDINGS_H

#include "call.h"

extern const char *const bindings_list_query[];

/* PUT /services/{service}/environments/{environment} */
void bindings_put(struct call *call);
/* GET /services/{service}/environments/{environment} */
void bindings_get(struct call *call);
/* GET /services: those that the token may read. */
void bindings_list(struct call *call);

#endif
