#include "ledger.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* The evaluation id is hashed to a fixed size: ids come from records and may be of any length. */
struct entry {
	uint8_t evaluation[SHA256_SIZE];
	uint8_t verdict[SHA256_SIZE];
	int64_t decided_at_us;
	UT_hash_handle hh;
};

struct ledger {
	struct entry *entries; /* in the order of recording */
};

struct ledger *ledger_create(void)
{
	return mem_zalloc(1, sizeof(struct ledger));
}

static void entry_drop(struct ledger *ledger, struct entry *entry)
{
	HASH_DEL(ledger->entries, entry);
	free(entry);
}

void ledger_destroy(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	struct entry *entry, *next;
	HASH_ITER (hh, ledger->entries, entry, next)
		entry_drop(ledger, entry);
	free(ledger);
}

static struct entry *find(const struct ledger *ledger, const char *evaluation_id, uint8_t evaluation[SHA256_SIZE])
{
	struct entry *entry;
	sha256(evaluation_id, strlen(evaluation_id), evaluation);
	HASH_FIND(hh, ledger->entries, evaluation, SHA256_SIZE, entry);
	return entry;
}

enum ledger_answer ledger_ask(
	const struct ledger *ledger, const char *evaluation_id, const uint8_t verdict_digest[SHA256_SIZE])
{
	uint8_t evaluation[SHA256_SIZE];
	const struct entry *entry = find(ledger, evaluation_id, evaluation);
	if (entry == NULL)
		return LEDGER_NEW;
	return crypto_equal(entry->verdict, verdict_digest, SHA256_SIZE) ? LEDGER_REPEATED : LEDGER_CONTRADICTION;
}

void ledger_record(struct ledger *ledger, const char *evaluation_id, const uint8_t verdict_digest[SHA256_SIZE],
	int64_t decided_at_us)
{
	uint8_t evaluation[SHA256_SIZE];
	if (find(ledger, evaluation_id, evaluation) != NULL)
		return;
	struct entry *entry = mem_zalloc(1, sizeof(*entry));
	memcpy(entry->evaluation, evaluation, sizeof(evaluation));
	memcpy(entry->verdict, verdict_digest, SHA256_SIZE);
	entry->decided_at_us = decided_at_us;
	HASH_ADD(hh, ledger->entries, evaluation, sizeof(entry->evaluation), entry);
}

void ledger_forget_before(struct ledger *ledger, int64_t time_us)
{
	/* Entries lie in the order of recording, which is nearly the order of deciding: the first younger one ends it.
	 */
	while (ledger->entries != NULL && ledger->entries->decided_at_us < time_us)
		entry_drop(ledger, ledger->entries);
}

size_t ledger_count(const struct ledger *ledger)
{
	return HASH_COUNT(ledger->entries);
}
