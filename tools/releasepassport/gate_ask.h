/* Asking until there is a decision or the time is over. */
#ifndef RELEASEPASSPORT_GATE_ASK_H
#define RELEASEPASSPORT_GATE_ASK_H

#include <json-c/json_object.h>

#include "api.h"
#include "gate_options.h"
#include "output.h"

/*
 * Asks the question under key, again where the connection breaks or the service can't answer now, and follows an
 * evaluation that is pending; the key makes all of it one question. *answer is the caller's. ERR_NOT_DECIDED and the
 * retriable kinds: there is no decision within the time; others as the service says.
 */
bool gate_ask(struct api *api, const struct gate_options *options, struct json_object *question, const char *key,
	struct output *output, struct json_object **answer, struct err *err) MUST_CHECK;

#endif
