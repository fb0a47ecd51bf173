/*
 * A recorded decision, from the topic or the database, as an answer: its passport's signature is verified first, so
 * that a forged record is worth nothing.
 */
#ifndef GATEWAY_DECISION_H
#define GATEWAY_DECISION_H

#include <json-c/json_object.h>

#include "base/err.h"
#include "passport/keyset.h"

struct decision {
	struct json_object *answer;    /* what the caller gets */
	struct json_object *statement; /* what was signed */
};

/*
 * Reads a decision event, verifies the envelope inside under one of the keys, and makes the answer of the signed
 * statement. request_digest is the one that the caller's request has: another one is ERR_KEY_REUSED; NULL: it does not
 * matter. evaluation_id must be the statement's. ERR_INTERNAL for whatever else is wrong with it: it is our own record.
 */
bool decision_read(const struct keyset *keys, const char *event, size_t len, const char *evaluation_id,
	const char *request_digest, struct decision *decision, struct err *err) MUST_CHECK;
void decision_finish(struct decision *decision);

/* owned_decision struct decision d = { 0 };   finished at the end of the block */
#define owned_decision __attribute__((cleanup(decision_finish)))

/* Of which service and environment; valid as long as the decision. */
const char *decision_service(const struct decision *decision);
const char *decision_environment(const struct decision *decision);
const char *decision_workspace(const struct decision *decision);

#endif
