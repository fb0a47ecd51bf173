#include "exit_code.h"

#include <stdbool.h>
#include <stddef.h>

#include "policy/names.h"

const char *const exit_code_decisions[] = { "REQUIRE_APPROVAL", "HOLD", "BLOCK", "ROLLBACK_RECOMMENDED", NULL };

static int code(Rp__V1__Decision decision)
{
	switch (decision) {
	case RP__V1__DECISION__DECISION_REQUIRE_APPROVAL: return 10;
	case RP__V1__DECISION__DECISION_HOLD: return 11;
	case RP__V1__DECISION__DECISION_BLOCK: return 12;
	case RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED: return 13;
	case RP__V1__DECISION__DECISION_UNKNOWN:
	case RP__V1__DECISION__DECISION_ALLOW:
	case RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY:
	case _RP__V1__DECISION_IS_INT_SIZE: return 0;
	}
	return 0;
}

int exit_code_of(Rp__V1__Decision decision, Rp__V1__Mode mode, Rp__V1__Decision threshold, Rp__V1__Decision fail_on)
{
	const bool asked = fail_on != RP__V1__DECISION__DECISION_UNKNOWN && decision >= fail_on;
	return asked || decision_stops(decision, mode, threshold) ? code(decision) : 0;
}
