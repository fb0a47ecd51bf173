/*
 * Compiled policies by digest. A digest names its content, so what is compiled once is kept for the life of the
 * process; what is missing is asked of PostgreSQL, once however many wait for it.
 */
#ifndef EVALUATOR_POLICIES_H
#define EVALUATOR_POLICIES_H

#include "policy/policy.h"
#include "svc/svc.h"

struct policies;

/*
 * policy lives as long as the policies. NULL: err says why (ERR_UNAVAILABLE: ask again; ERR_NOT_FOUND: not stored;
 * ERR_UNVERIFIED: what is stored has another digest; ERR_INVALID: it does not compile).
 */
typedef void policies_fn(const struct policy *policy, const struct err *err, void *arg);

/* One who waits: memory of the caller's that lives until it was called or has withdrawn. */
struct policies_waiter {
	policies_fn *call;
	void *arg;
	struct policies_waiter *next, **link; /* NULL link: does not wait */
};

struct policies *policies_create(struct svc *svc);
void policies_destroy(struct policies *policies);

/* Calls waiter->call, at once if the policy is there. */
void policies_get(struct policies *policies, const char *digest, struct policies_waiter *waiter);
/* The waiter will not be called. Harmless if it does not wait. */
void policies_withdraw(struct policies_waiter *waiter);

#endif
