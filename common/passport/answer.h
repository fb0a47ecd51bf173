/* What a gate call is answered with: the members of a signed statement that a pipeline acts on (docs/api.md). */
#ifndef PASSPORT_ANSWER_H
#define PASSPORT_ANSWER_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/own.h"

/*
 * The answer of a statement whose signature the caller has verified: a function of it alone. Of the reasons it has
 * those that are not satisfied; its links are paths on the gateway. *answer is the caller's and shares values with the
 * statement. ERR_INVALID where the predicate lacks what an answer needs.
 */
bool answer_from_statement(
	const struct json_object *statement, struct json_object **answer, struct err *err) MUST_CHECK;

#endif
