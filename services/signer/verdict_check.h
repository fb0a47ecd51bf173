/* Is a verdict one that the signer may sign? Pure. */
#ifndef SIGNER_VERDICT_CHECK_H
#define SIGNER_VERDICT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "verdict.pb-c.h"

/* A verdict that was decided longer ago is refused; what is in the ledger must be kept longer than this. */
#define CHECK_VERDICT_AGE_MAX_US (INT64_C(5) * 60 * 1000000)
#define CHECK_CLOCK_SKEW_MAX_US (INT64_C(60) * 1000000)

/*
 * The verdict carries what a passport needs, belongs to the record's key (workspace/service/environment), was decided
 * at most five minutes before now_us, and its decision is the most severe of its own rule results. ERR_UNPROCESSABLE.
 */
bool check_verdict(const Rp__V1__Verdict *verdict, const char *key, int64_t now_us, struct err *err) MUST_CHECK;

#endif
