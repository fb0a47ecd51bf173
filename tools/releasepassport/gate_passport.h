/* The passport of a decision: fetched, believed or not, written. */
#ifndef RELEASEPASSPORT_GATE_PASSPORT_H
#define RELEASEPASSPORT_GATE_PASSPORT_H

#include <json-c/json_object.h>

#include "api.h"
#include "gate_options.h"
#include "output.h"

/*
 * Fetches the passport that the answer names where an option asks for it, and writes it. With --key, verifies it: it
 * has to be about this artifact, commit, service and environment and answer this question; *answer is then replaced by
 * what was signed. ERR_UNVERIFIED where it can't be believed; else the kinds of files and calls.
 */
bool gate_passport(struct api *api, const struct gate_options *options, const struct json_object *question,
	const char *key, struct output *output, struct json_object **answer, struct err *err) MUST_CHECK;

#endif
