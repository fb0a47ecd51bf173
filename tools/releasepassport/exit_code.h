/* The exit codes of decisions; those of errors stand in err_info. Fixed for v1 of the command line. Pure. */
#ifndef RELEASEPASSPORT_EXIT_CODE_H
#define RELEASEPASSPORT_EXIT_CODE_H

#include "gate.pb-c.h"

/* What --fail-on takes: the decisions that have an exit code, NULL at the end. */
extern const char *const exit_code_decisions[];

/*
 * 0, or the decision's code (10 to 13) where the mode stops the pipeline at the threshold or the decision is at least
 * fail_on (DECISION_UNKNOWN: not asked for), which counts in every mode. ALLOW and ALLOW_WITH_CANARY proceed always.
 */
int exit_code_of(Rp__V1__Decision decision, Rp__V1__Mode mode, Rp__V1__Decision threshold, Rp__V1__Decision fail_on);

#endif
