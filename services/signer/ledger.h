/*
 * What was signed: for each evaluation of one partition the digest of its verdict, kept for as long as a verdict can
 * still come. It is what keeps two signatures from contradicting each other. It knows neither Kafka nor keys.
 */
#ifndef SIGNER_LEDGER_H
#define SIGNER_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/own.h"
#include "crypto/hash.h"

struct ledger;

enum ledger_answer {
	LEDGER_NEW,           /* never signed */
	LEDGER_REPEATED,      /* signed, and it is the same verdict */
	LEDGER_CONTRADICTION, /* signed, and it was another verdict: the first one stands */
};

struct ledger *ledger_create(void);
void ledger_destroy(struct ledger *ledger);
OWNED_DEFINE(ledger, struct ledger, ledger_destroy);

enum ledger_answer ledger_ask(
	const struct ledger *ledger, const char *evaluation_id, const uint8_t verdict_digest[SHA256_SIZE]);
/* Records (evaluation, verdict) unless the evaluation is there already. decided_at_us dates the entry. */
void ledger_record(struct ledger *ledger, const char *evaluation_id, const uint8_t verdict_digest[SHA256_SIZE],
	int64_t decided_at_us);
/* Forgets what was decided before time_us. */
void ledger_forget_before(struct ledger *ledger, int64_t time_us);
size_t ledger_count(const struct ledger *ledger);

#endif
