/* Policies: stored once and for ever, under the digest of their canonical form. */
#ifndef GATEWAY_POLICIES_H
#define GATEWAY_POLICIES_H

#include "call.h"

extern const char *const policies_list_query[];

/* PUT /policies: YAML as it is, or JSON {"source": "<YAML>"}. */
void policies_put(struct call *call);
/* POST /policies/validate: the same body; stores nothing. */
void policies_validate(struct call *call);
/* GET /policies */
void policies_list(struct call *call);
/* GET /policies/{digest}: the canonical document, or the source as it was given where YAML is asked for. */
void policies_get(struct call *call);

#endif
