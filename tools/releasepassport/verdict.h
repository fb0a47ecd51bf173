/* The answer to a gate call, understood: what was decided and what that means for the pipeline. */
#ifndef RELEASEPASSPORT_VERDICT_H
#define RELEASEPASSPORT_VERDICT_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "base/err.h"
#include "gate.pb-c.h"
#include "output.h"

struct verdict {
	const struct json_object *answer; /* borrowed */
	Rp__V1__Decision decision;
	Rp__V1__Mode mode;
	Rp__V1__Decision threshold;
	const char *passport_id; /* of the answer */
	bool is_met;             /* the decision is at or over the threshold, whatever the mode */
	int exit_code; /* exit_code_of; never 0 where the answer says `enforced` of a decision that has a code */
};

/* ERR_INTERNAL for an answer that this program does not understand: it must not be taken for a decision. */
bool verdict_read(const struct json_object *answer, Rp__V1__Decision fail_on, struct verdict *verdict,
	struct err *err) MUST_CHECK;

/* For people: the verdict first, then each unmet rule with its next action, then where the passport is. */
void verdict_print(const struct verdict *verdict, const char *url, const struct output *output);
/* "shadow: recorded, nothing is stopped" and its like. */
const char *verdict_meaning(const struct verdict *verdict);

#endif
