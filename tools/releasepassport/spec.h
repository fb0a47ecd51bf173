/* The small notations of option values. Each: ERR_USAGE with the text as the place. Pure. */
#ifndef RELEASEPASSPORT_SPEC_H
#define RELEASEPASSPORT_SPEC_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gate.pb-c.h"

/* "type=status[:summary]" as {"type", "status", "summary"}; the caller's. */
bool evidence_spec_parse(const char *text, struct json_object **evidence, struct err *err) MUST_CHECK;
/* "system=environment" as {"system", "environment"}; the caller's. */
bool approval_spec_parse(const char *text, struct json_object **approval, struct err *err) MUST_CHECK;
/*
 * "scope[@services[/environments]]", both lists separated by commas, as {"scope", "services", "environments"}; what is
 * not given or "*" is all. The caller's.
 */
bool scope_spec_parse(const char *text, struct json_object **scope, struct err *err) MUST_CHECK;

/* "file[@[from]/[to]]": a public key and its time. */
struct key_spec {
	const char *path;
	int64_t not_before_us, not_after_us; /* 0: open */
};
bool key_spec_parse(const char *text, struct arena *arena, struct key_spec *spec, struct err *err) MUST_CHECK;

/* "ALLOW,ALLOW_WITH_CANARY": decisions, none twice; the array lies in arena. */
bool decisions_spec_parse(const char *text, struct arena *arena, const Rp__V1__Decision **decisions, size_t *count,
	struct err *err) MUST_CHECK;

#endif
