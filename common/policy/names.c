#include "policy/names.h"

#include <stddef.h>
#include <string.h>

const char *const decision_words[] = { "ALLOW", "ALLOW_WITH_CANARY", "REQUIRE_APPROVAL", "HOLD", "BLOCK",
	"ROLLBACK_RECOMMENDED", NULL };
const char *const mode_words[] = { "shadow", "advisory", "enforce", NULL };
const char *const evidence_class_words[] = { "claimed", "ingested", "attested", "observed", NULL };
const char *const fact_status_words[] = { "ok", "no_data", "nan", "error", "partial", "timeout", NULL };

_Static_assert(ARRAY_SIZE(decision_words) - 1 == RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED, "every decision");
_Static_assert(ARRAY_SIZE(mode_words) - 1 == RP__V1__MODE__MODE_ENFORCE, "every mode");
_Static_assert(ARRAY_SIZE(evidence_class_words) - 1 == RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED, "every class");
_Static_assert(ARRAY_SIZE(fact_status_words) - 1 == RP__V1__FACT_STATUS__FACT_TIMEOUT, "every status");

/* An unpacked enum may hold any int, negative ones too. */
static const char *word(const char *const *words, size_t count, int value)
{
	return value >= 1 && (size_t)value <= count ? words[value - 1] : "unknown";
}

/* 0 if there is no such word. */
static int value_of(const char *const *words, const char *text)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i + 1;
	return 0;
}

const char *decision_name(Rp__V1__Decision decision)
{
	return word(decision_words, ARRAY_SIZE(decision_words) - 1, (int)decision);
}

const char *mode_name(Rp__V1__Mode mode)
{
	return word(mode_words, ARRAY_SIZE(mode_words) - 1, (int)mode);
}

const char *evidence_class_name(Rp__V1__EvidenceClass evidence_class)
{
	return word(evidence_class_words, ARRAY_SIZE(evidence_class_words) - 1, (int)evidence_class);
}

const char *fact_status_name(Rp__V1__FactStatus status)
{
	return word(fact_status_words, ARRAY_SIZE(fact_status_words) - 1, (int)status);
}

bool decision_parse(const char *text, Rp__V1__Decision *out)
{
	int value = value_of(decision_words, text);
	if (value != 0)
		*out = (Rp__V1__Decision)value;
	return value != 0;
}

bool mode_parse(const char *text, Rp__V1__Mode *out)
{
	int value = value_of(mode_words, text);
	if (value != 0)
		*out = (Rp__V1__Mode)value;
	return value != 0;
}

bool evidence_class_parse(const char *text, Rp__V1__EvidenceClass *out)
{
	int value = value_of(evidence_class_words, text);
	if (value != 0)
		*out = (Rp__V1__EvidenceClass)value;
	return value != 0;
}

bool fact_status_parse(const char *text, Rp__V1__FactStatus *out)
{
	int value = value_of(fact_status_words, text);
	if (value != 0)
		*out = (Rp__V1__FactStatus)value;
	return value != 0;
}

bool decision_known(Rp__V1__Decision decision)
{
	return (int)decision >= 1 && (int)decision <= RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED;
}

bool mode_known(Rp__V1__Mode mode)
{
	return (int)mode >= 1 && (int)mode <= RP__V1__MODE__MODE_ENFORCE;
}

Rp__V1__Decision decision_worse(Rp__V1__Decision a, Rp__V1__Decision b)
{
	return a > b ? a : b;
}

Rp__V1__Mode mode_stricter(Rp__V1__Mode a, Rp__V1__Mode b)
{
	return a > b ? a : b;
}

bool decision_stops(Rp__V1__Decision decision, Rp__V1__Mode mode, Rp__V1__Decision threshold)
{
	return mode == RP__V1__MODE__MODE_ENFORCE && decision >= threshold;
}
