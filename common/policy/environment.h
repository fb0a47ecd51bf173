/*
 * What rules may speak of: each piece of evidence by its name, and what is known of the release, the caller and the
 * time. The one place that knows the names, so that what is checked when a policy is stored is what is bound when it
 * decides.
 */
#ifndef POLICY_ENVIRONMENT_H
#define POLICY_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cel/cel.h"
#include "gate.pb-c.h"
#include "policy/evidence.h"
#include "policy/policy.h"
#include "verdict.pb-c.h"

/* May evidence not be called so, because CEL or we use the name? */
bool environment_reserves(const char *name);

/* The variables for expressions of this policy, whose evidence is read; in arena. */
const struct cel_variable *environment_variables(const struct policy *policy, struct arena *arena, size_t *count);

/* The same names for people: "actor.kind, ..., smoke". */
const char *environment_names(const struct policy *policy, struct arena *arena);

/*
 * Their values, in arena. Evidence that is ok is a map of its members, observedAt and age; evidence that is not is an
 * empty one, so that has() is false and anything else an error. states has policy->evidence_count elements.
 */
const struct cel_binding *environment_bind(const struct policy *policy, const Rp__V1__GateRequest *request,
	const Rp__V1__RollbackTarget *rollback, const struct evidence_state *states, int64_t now_us,
	struct arena *arena, size_t *count);

#endif
