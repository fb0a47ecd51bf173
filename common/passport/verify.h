/*
 * Offline verification of a passport, as `releasepassport verify` does it: no network, no server. Every demand is
 * checked and listed; what can't be checked has failed.
 */
#ifndef PASSPORT_VERIFY_H
#define PASSPORT_VERIFY_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "gate.pb-c.h"
#include "passport/keyset.h"

/* Clocks may differ by this much. */
#define VERIFY_SKEW_US INT64_C(60000000)

enum verify_check_id {
	VERIFY_FORMAT,    /* an envelope, a bundle or an event that can be read */
	VERIFY_SIGNATURE, /* one of the keys signed it */
	VERIFY_STATEMENT, /* it is a passport, and its subjects are those of its release */
	VERIFY_KEY,       /* it names the key that signed it, within that key's time */
	VERIFY_DECISION,  /* the decision is an accepted one */
	VERIFY_WORKSPACE,
	VERIFY_SERVICE,
	VERIFY_ENVIRONMENT,
	VERIFY_ARTIFACT,
	VERIFY_SOURCE,
	VERIFY_AGE,      /* decided at most so long ago */
	VERIFY_VALIDITY, /* not from the future, not expired */
	VERIFY_CHECK_COUNT,
};

enum verify_status { VERIFY_NOT_DEMANDED, VERIFY_OK, VERIFY_FAILED };

struct verify_check {
	const char *name; /* a stable word: "format", "signature", ... */
	enum verify_status status;
	char text[256]; /* one line for people */
};

/* What the passport has to say; NULL, 0: not demanded. Decision and validity are always checked. */
struct verify_demands {
	const char *workspace;
	const char *service;
	const char *environment;
	const char *artifact_digest; /* "sha256:<hex>" */
	const char *source_sha;
	const Rp__V1__Decision *decisions; /* accepted ones; none: ALLOW and ALLOW_WITH_CANARY */
	size_t ndecisions;
	int64_t max_age_ms;  /* since the decision */
	int64_t now_us;      /* the present time */
	bool accept_expired; /* a passport of the past: validUntil may be over */
};

struct verify_result {
	struct verify_check checks[VERIFY_CHECK_COUNT];
	struct json_object *statement; /* only if its signature, format and key hold; else NULL */
	const struct keyset_key *key;  /* that signed it, borrowed from the key set; NULL as above */
};

/*
 * Verifies a passport in any of its forms: DSSE envelope, Sigstore bundle, decision event. result is filled whatever
 * the outcome, to be released with verify_result_finish. True if nothing failed; else ERR_UNVERIFIED with the first
 * failed check as the place.
 */
bool passport_verify(const char *text, size_t len, const struct keyset *keys, const struct verify_demands *demands,
	struct verify_result *result, struct err *err) MUST_CHECK;
void verify_result_finish(struct verify_result *result);

/* "ok", "failed", "not demanded". */
const char *verify_status_name(enum verify_status status);

#endif
