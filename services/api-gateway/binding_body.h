/* What somebody writes to bind a service: the body of PUT /services/{service}/environments/{environment}. Pure. */
#ifndef GATEWAY_BINDING_BODY_H
#define GATEWAY_BINDING_BODY_H

#include <json-c/json_object.h>

#include "base/arena.h"
#include "base/err.h"
#include "json/fields.h"
#include "policy/policy.h"

struct binding_body {
	struct json_object *policy; /* a digest, or {"name", "version"} */
	const char *policy_digest;  /* one of both is there */
	struct {
		const char *name, *version; /* version NULL: the newest */
	} policy_ref;
	int mode;
	int threshold; /* valid if has_threshold */
	bool has_threshold;
	int64_t deadline_ms;
	const char *namespace;
	struct json_array connectors; /* valid if has_connectors */
	bool has_connectors;
};

/* Reads and checks; texts lie in arena. ERR_INVALID, ERR_UNPROCESSABLE. */
bool binding_body_read(
	struct json_object *json, struct arena *arena, struct binding_body *body, struct err *err) MUST_CHECK;

/*
 * How often the evidence that connectors see is asked for in the background: twice within the smallest maximum age, at
 * least 5 s apart; 0: nothing is to be asked.
 */
int64_t binding_refresh_ms(const struct policy *policy, const struct json_array *connectors);

/* A binding that names no connectors may ask those that its policy names. */
void binding_default_connectors(const struct policy *policy, struct arena *arena, struct binding_body *body);

#endif
