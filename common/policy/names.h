/*
 * The words for the enums of proto/, in one table each: what the API, the passport, policies and the command line
 * call a decision, a mode, a class of evidence and the status of a fact.
 */
#ifndef POLICY_NAMES_H
#define POLICY_NAMES_H

#include <stdbool.h>

#include "base/own.h"
#include "facts.pb-c.h"
#include "gate.pb-c.h"

/*
 * The words alone, in the enum's order without its unknown value, NULL at the end: for JSON_ENUM fields, whose index
 * + 1 is the enum's value.
 */
extern const char *const decision_words[];       /* "ALLOW" to "ROLLBACK_RECOMMENDED", mildest first */
extern const char *const mode_words[];           /* "shadow", "advisory", "enforce" */
extern const char *const evidence_class_words[]; /* "claimed", "ingested", "attested", "observed": ascending trust */
extern const char *const fact_status_words[];    /* "ok", "no_data", "nan", "error", "partial", "timeout" */

/* The word; "unknown" for the unknown value and for any that this build does not know. */
const char *decision_name(Rp__V1__Decision decision);
const char *mode_name(Rp__V1__Mode mode);
const char *evidence_class_name(Rp__V1__EvidenceClass evidence_class);
const char *fact_status_name(Rp__V1__FactStatus status);

/* The value of exactly this word; false, with *out untouched, for any other text ("unknown" too). */
bool decision_parse(const char *text, Rp__V1__Decision *out) MUST_CHECK;
bool mode_parse(const char *text, Rp__V1__Mode *out) MUST_CHECK;
bool evidence_class_parse(const char *text, Rp__V1__EvidenceClass *out) MUST_CHECK;
bool fact_status_parse(const char *text, Rp__V1__FactStatus *out) MUST_CHECK;

/* Is it one of the known values (an unpacked message may carry any number)? */
bool decision_known(Rp__V1__Decision decision);
bool mode_known(Rp__V1__Mode mode);

/* The more severe, the stricter of two known values; the enums' order is the severity. */
Rp__V1__Decision decision_worse(Rp__V1__Decision a, Rp__V1__Decision b);
Rp__V1__Mode mode_stricter(Rp__V1__Mode a, Rp__V1__Mode b);

/* Does mode stop the pipeline at this decision? Only enforce does, at the threshold and above. */
bool decision_stops(Rp__V1__Decision decision, Rp__V1__Mode mode, Rp__V1__Decision threshold);

#endif
