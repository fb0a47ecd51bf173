#include "failures.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/own.h"

struct failure {
	int64_t since_us;
	char *workspace, *detail;
	UT_hash_handle hh;
	char id[];
};

struct failures {
	struct failure *table; /* the oldest first */
};

struct failures *failures_create(void)
{
	return mem_zalloc(1, sizeof(struct failures));
}

static void drop(struct failures *failures, struct failure *failure)
{
	HASH_DEL(failures->table, failure);
	free(failure->workspace);
	free(failure->detail);
	free(failure);
}

void failures_destroy(struct failures *failures)
{
	if (failures == NULL)
		return;
	while (failures->table != NULL)
		drop(failures, failures->table);
	free(failures);
}

static void forget_old(struct failures *failures, int64_t now_us)
{
	while (failures->table != NULL &&
		(failures->table->since_us + FAILURES_LIFE_US < now_us || HASH_COUNT(failures->table) > FAILURES_MAX))
		drop(failures, failures->table);
}

static struct failure *find(const struct failures *failures, const char *evaluation_id)
{
	struct failure *failure;
	HASH_FIND_STR(failures->table, evaluation_id, failure);
	return failure;
}

void failures_forget(struct failures *failures, const char *evaluation_id)
{
	struct failure *failure = find(failures, evaluation_id);
	if (failure != NULL)
		drop(failures, failure);
}

void failures_add(
	struct failures *failures, const char *evaluation_id, const char *workspace, const char *detail, int64_t now_us)
{
	failures_forget(failures, evaluation_id);
	const size_t len = strlen(evaluation_id);
	struct failure *failure = mem_zalloc(1, sizeof(*failure) + len + 1);
	memcpy(failure->id, evaluation_id, len + 1);
	failure->workspace = mem_strdup(workspace);
	failure->detail = mem_strdup(detail);
	failure->since_us = now_us;
	HASH_ADD(hh, failures->table, id[0], (unsigned)len, failure);
	forget_old(failures, now_us);
}

const char *failures_detail(struct failures *failures, const char *evaluation_id, const char *workspace, int64_t now_us)
{
	forget_old(failures, now_us);
	const struct failure *failure = find(failures, evaluation_id);
	return failure != NULL && strcmp(failure->workspace, workspace) == 0 ? failure->detail : NULL;
}
