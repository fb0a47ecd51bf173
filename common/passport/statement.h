/*
 * The passport's payload: an in-toto Statement v1 whose predicate says what was decided and why (docs/passport.md).
 * Outside the predicate it has only what in-toto names, because readers made from protobuf refuse anything else.
 */
#ifndef PASSPORT_STATEMENT_H
#define PASSPORT_STATEMENT_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "passport/passport_id.h"
#include "verdict.pb-c.h"

#define STATEMENT_PAYLOAD_TYPE "application/vnd.in-toto+json" /* of the envelope around it */
#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PREDICATE_TYPE "https://releasepassport.dev/passport/v1"

/* What the signer adds to the verdict. */
struct statement_signing {
	const char *passport_id;
	const char *key_id; /* of the key that signs: inside the signed bytes, because DSSE's keyid is not */
	int64_t signed_at_us;
	int64_t valid_until_us;
};

/*
 * Appends the statement of this verdict as canonical JSON (RFC 8785). The verdict's strings are UTF-8 already
 * (record_unpack). ERR_INVALID for a verdict that lacks a part, names no subject or holds an unknown decision.
 */
bool statement_build(const Rp__V1__Verdict *verdict, const struct statement_signing *signing, struct buf *out,
	struct err *err) MUST_CHECK;

/*
 * Reads the payload of an envelope: a Statement v1 with a predicate of ours. Unknown members of the predicate are kept,
 * unknown ones beside it are refused. ERR_INVALID.
 */
bool statement_parse(const void *payload, size_t len, struct json_object **statement, struct err *err) MUST_CHECK;

/* The predicate of a statement that statement_parse made: borrowed, never NULL. */
struct json_object *statement_predicate(const struct json_object *statement);

#endif
