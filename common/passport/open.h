/* What must hold before a passport's contents are believed. */
#ifndef PASSPORT_OPEN_H
#define PASSPORT_OPEN_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "passport/dsse.h"
#include "passport/keyset.h"

/* Does a key of the set hold the envelope's one signature? *key is borrowed from the set. ERR_UNVERIFIED. */
bool passport_check_signature(const struct keyset *keys, const struct dsse_envelope *envelope,
	const struct keyset_key **key, struct err *err) MUST_CHECK;

/* Does the statement name this key as its own, and was it signed within the key's time? ERR_UNVERIFIED. */
bool passport_check_key(const struct json_object *statement, const struct keyset_key *key, struct err *err) MUST_CHECK;

/* Are the artifact and the commit of the predicate exactly the statement's subjects? ERR_UNVERIFIED. */
bool passport_check_subjects(const struct json_object *statement, struct err *err) MUST_CHECK;

/*
 * All of it: reads a DSSE envelope and gives its statement (the caller's). key, where not NULL, gets the key that
 * signed. ERR_INVALID for what is no passport, ERR_UNVERIFIED for one that can't be believed.
 */
bool passport_open(const struct keyset *keys, const char *envelope, size_t len, struct json_object **statement,
	const struct keyset_key **key, struct err *err) MUST_CHECK;

#endif
