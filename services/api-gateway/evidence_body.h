/* What CI, scanners and tests post: the body of POST /evidence/ingest, read and checked. Pure. */
#ifndef GATEWAY_EVIDENCE_BODY_H
#define GATEWAY_EVIDENCE_BODY_H

#include <json-c/json_object.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "json/fields.h"

#define EVIDENCE_MAX 64
#define EVIDENCE_VALUE_MAX_BYTES (64 * 1024)
#define EVIDENCE_FUTURE_MAX_US (INT64_C(60) * 1000000) /* clocks differ */

struct evidence_item {
	const char *type;
	const char *status;
	const char *summary; /* "": none */
	int64_t observed_at_us;
	bool has_observed_at;
	struct json_object *data; /* NULL: none */
	const char *value;        /* canonical JSON: data's members with status and summary */
};

struct evidence_body {
	struct {
		const char *name, *environment;
	} service;
	struct {
		const char *source_sha;
	} release;
	struct {
		const char *digest;
	} artifact;
	struct json_array evidence; /* struct evidence_item */
};

/*
 * Reads and checks; what names no time was seen now. Texts lie in arena. ERR_INVALID, ERR_UNPROCESSABLE, ERR_TOO_LARGE,
 * each with the JSON pointer.
 */
bool evidence_body_read(struct json_object *json, int64_t now_us, struct arena *arena, struct evidence_body *body,
	struct err *err) MUST_CHECK;

#endif
