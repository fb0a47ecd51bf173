/* What makes two gate calls the same question: computed by the gateway, and again by whoever asked, to check the
 * answer. */
#ifndef PASSPORT_QUESTION_H
#define PASSPORT_QUESTION_H

#include <json-c/json_object.h>

#include "base/err.h"
#include "crypto/hash.h"

/* SHA-256 (hex) of the RFC 8785 form of the gate's body without `wait`. ERR_INVALID. */
bool question_digest(const struct json_object *body, char digest[SHA256_HEX_SIZE], struct err *err) MUST_CHECK;

/* SHA-256 (hex) over the four texts, each framed by its length: the evaluation's id. key is the Idempotency-Key. */
void question_evaluation_id(
	const char *workspace, const char *service, const char *environment, const char *key, char id[SHA256_HEX_SIZE]);

#endif
