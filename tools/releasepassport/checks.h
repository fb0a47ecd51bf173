/* The checks of a passport's verification, shown. */
#ifndef RELEASEPASSPORT_CHECKS_H
#define RELEASEPASSPORT_CHECKS_H

#include <json-c/json_object.h>

#include "output.h"
#include "passport/verify.h"

/* A line for each check that was demanded. */
void checks_print(const struct output *output, const struct verify_result *result);
/* {"verified", "passportId", "decision", "keyId", "checks": [{"name", "status", "text"}]}; the caller's. */
struct json_object *checks_json(const struct verify_result *result, bool verified);

#endif
