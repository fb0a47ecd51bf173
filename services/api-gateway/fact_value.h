/* The value of a fact that somebody posted or claimed: what a policy's rules see of it. Pure. */
#ifndef GATEWAY_FACT_VALUE_H
#define GATEWAY_FACT_VALUE_H

#include <json-c/json_object.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * One object in canonical form (RFC 8785), in arena: the members of data (NULL: none), status, and summary unless it is
 * NULL or empty. ERR_INVALID, with the pointer relative to the fact, if data is no object or has a status or summary of
 * its own.
 */
bool fact_value_build(struct json_object *data, const char *status, const char *summary, struct arena *arena,
	const char **value, size_t *len, struct err *err) MUST_CHECK;

#endif
