/* What a pipeline writes when it asks: the body of POST /gate/evaluate, read and checked. Pure. */
#ifndef GATEWAY_GATE_BODY_H
#define GATEWAY_GATE_BODY_H

#include <json-c/json_object.h>

#include "base/arena.h"
#include "base/err.h"
#include "json/fields.h"

struct gate_claim {
	const char *type;
	const char *status;
	const char *summary;
	struct json_object *data; /* NULL: none */
};

struct gate_approval {
	const char *system;
	const char *environment;
};

struct gate_body {
	int mode; /* index in mode_words; valid if has_mode */
	bool has_mode;
	struct {
		const char *name, *namespace, *environment;
	} service;
	struct {
		const char *digest, *repository;
	} artifact;
	struct {
		const char *release_id, *source_sha, *version;
	} release;
	struct json_array evidence;  /* struct gate_claim */
	struct json_array approvals; /* struct gate_approval */
	struct {
		const char *artifact;
	} rollback;
	int64_t wait_ms; /* valid if has_wait */
	bool has_wait;
};

/* The members of service, artifact and release as other bodies have them too. */
extern const struct json_field gate_release_fields[];

/*
 * Reads and checks. Needed are service.name, service.environment and one of artifact.digest and release.sourceSha.
 * Texts lie in arena or belong to the tree. ERR_INVALID, ERR_UNPROCESSABLE, both with the JSON pointer.
 */
bool gate_body_read(struct json_object *json, struct arena *arena, struct gate_body *body, struct err *err) MUST_CHECK;

#endif
