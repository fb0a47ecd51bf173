/*
 * The decision: a pure function of policy, request, facts and the time. It serves the evaluator, the command line, the
 * simulator and the backtest alike, so that there is one evaluator for every path.
 *
 * The same input gives the same verdict, byte for byte, whatever the order of facts and rules. Losing evidence never
 * makes a decision milder, save where the policy says `milder` or declares it optional; and evidence that is not there
 * recommends no rollback: where a rule would, its absence is a HOLD.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gate.pb-c.h"
#include "verdict.pb-c.h"

struct policy;

/* The rule that stands in the verdict when no required evidence is there at all. */
#define POLICY_RULE_NO_EVIDENCE "no-valid-evidence"
#define POLICY_RETRY_INGESTED_MS 60000 /* when to ask again for evidence that somebody has to post */

/*
 * observed: facts of connectors that are proven to be theirs and to be about this workspace, service and environment.
 * request->observed, sealed as it is, is not read; of request->facts only those of classes below observed. The verdict
 * lies in arena and borrows from request, observed and policy. False only for a request that can't be decided (no
 * release or no binding; ERR_INVALID).
 */
bool decide(const struct policy *policy, const Rp__V1__GateRequest *request, const Rp__V1__Fact *const *observed,
	size_t observed_count, int64_t now_us, int64_t evidence_complete_at_us, struct arena *arena,
	Rp__V1__Verdict **verdict, struct err *err) MUST_CHECK;

#endif
