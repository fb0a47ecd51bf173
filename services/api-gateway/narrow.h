/*
 * Lists show what the caller's token may read and nothing else: the grants go into the statement, so that pages are
 * full and no row is fetched that is not shown.
 */
#ifndef GATEWAY_NARROW_H
#define GATEWAY_NARROW_H

#include "auth/token.h"

/* A condition of a WHERE: parameter is the text of narrow_grants, service and environment are columns. */
#define NARROW(parameter, service, environment)                                                                 \
	"EXISTS (SELECT FROM jsonb_array_elements(" parameter "::jsonb) g WHERE (g->0 ? '*' OR g->0 ? " service \
	") AND (g->1 ? '*' OR g->1 ? " environment "))"

/* The services and environments of every grant of scope, as JSON text in arena: [[["*"], ["production"]], ...]. */
const char *narrow_grants(const struct token_identity *identity, enum token_scope scope, struct arena *arena);

#endif
