/* The header Idempotency-Key: a text of the caller's that makes its repetitions one call. */
#ifndef GATEWAY_IDEMPOTENCY_H
#define GATEWAY_IDEMPOTENCY_H

#include <stdbool.h>

#include "base/err.h"

#define IDEMPOTENCY_KEY_MAX 255

/* Is key printable ASCII without spaces, 1 to IDEMPOTENCY_KEY_MAX characters? ERR_INVALID. */
bool idempotency_check(const char *key, struct err *err) MUST_CHECK;

#endif
