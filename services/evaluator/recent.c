#include "recent.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/own.h"

struct entry {
	int64_t since_us;
	UT_hash_handle hh;
	char evaluation_id[];
};

struct recent {
	struct entry *entries; /* in the order of adding */
};

struct recent *recent_create(void)
{
	return mem_zalloc(1, sizeof(struct recent));
}

static void drop(struct recent *recent, struct entry *entry)
{
	HASH_DEL(recent->entries, entry);
	free(entry);
}

void recent_destroy(struct recent *recent)
{
	if (recent == NULL)
		return;
	while (recent->entries != NULL)
		drop(recent, recent->entries);
	free(recent);
}

static void forget_old(struct recent *recent, int64_t now_us)
{
	while (recent->entries != NULL && recent->entries->since_us + RECENT_LIFE_US < now_us)
		drop(recent, recent->entries);
}

void recent_add(struct recent *recent, const char *evaluation_id, int64_t now_us)
{
	forget_old(recent, now_us);
	if (recent_has(recent, evaluation_id, now_us))
		return;
	size_t len = strlen(evaluation_id);
	struct entry *entry = mem_zalloc(1, sizeof(*entry) + len + 1);
	entry->since_us = now_us;
	memcpy(entry->evaluation_id, evaluation_id, len + 1);
	HASH_ADD(hh, recent->entries, evaluation_id[0], len, entry);
}

bool recent_has(struct recent *recent, const char *evaluation_id, int64_t now_us)
{
	struct entry *entry;
	forget_old(recent, now_us);
	HASH_FIND(hh, recent->entries, evaluation_id, strlen(evaluation_id), entry);
	return entry != NULL;
}
