/* The predicate of a passport: the verdict in the words of docs/passport.md. */
#ifndef PASSPORT_PREDICATE_H
#define PASSPORT_PREDICATE_H

#include <json-c/json_object.h>

#include "passport/statement.h"
#include "verdict.pb-c.h"

/* The caller's. The verdict has all its parts and known enum values (statement_build has looked). */
struct json_object *predicate_build(const Rp__V1__Verdict *verdict, const struct statement_signing *signing);

#endif
