#include "policies.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "log/log.h"
#include "metrics/metrics.h"
#include "store.h"

struct entry {
	char *digest;
	struct policies *owner;
	struct policy *policy; /* NULL: being asked for, or not there */
	bool asking;
	struct buf document; /* while asking */
	bool found;
	struct policies_waiter *waiters;
	UT_hash_handle hh;
};

struct policies {
	struct svc *svc;
	struct entry *entries;
};

static struct metric policies_cached = {
	.name = "rp_policies_cached",
	.help = "Compiled policies that are kept.",
	.type = METRIC_GAUGE,
};

struct policies *policies_create(struct svc *svc)
{
	struct policies *policies = mem_zalloc(1, sizeof(*policies));
	policies->svc = svc;
	metrics_register(&policies_cached);
	return policies;
}

static void entry_destroy(struct policies *policies, struct entry *entry)
{
	HASH_DEL(policies->entries, entry);
	policy_destroy(entry->policy);
	buf_finish(&entry->document);
	free(entry->digest);
	free(entry);
}

void policies_destroy(struct policies *policies)
{
	if (policies == NULL)
		return;
	struct entry *entry, *next;
	HASH_ITER (hh, policies->entries, entry, next)
		entry_destroy(policies, entry);
	free(policies);
}

void policies_withdraw(struct policies_waiter *waiter)
{
	if (waiter->link == NULL)
		return;
	*waiter->link = waiter->next;
	if (waiter->next != NULL)
		waiter->next->link = waiter->link;
	waiter->link = NULL;
}

static void wait_for(struct entry *entry, struct policies_waiter *waiter)
{
	waiter->next = entry->waiters;
	waiter->link = &entry->waiters;
	if (waiter->next != NULL)
		waiter->next->link = &waiter->next;
	entry->waiters = waiter;
}

static void on_document(const struct pg_result *result, void *arg)
{
	struct entry *entry = arg;
	entry->found = pg_rows(result) > 0;
	if (entry->found)
		pg_bytes(result, 0, 0, &entry->document);
}

/* Compiles what the database gave, after proof that it is what the digest names. */
static bool compile(struct entry *entry, struct err *err)
{
	if (!entry->found)
		return err_set(err, ERR_NOT_FOUND, "policy %s is not stored", entry->digest);
	owned(policy) struct policy *policy = NULL;
	if (!policy_load(entry->document.data, entry->document.len, &policy, err))
		return err_add(err, "the stored policy %s does not compile", entry->digest);
	if (strcmp(policy->digest, entry->digest) != 0)
		return err_set(err, ERR_UNVERIFIED, "what is stored as policy %s is %s", entry->digest, policy->digest);
	entry->policy = take(policy);
	return true;
}

static void on_answer(bool ok, const struct err *failure, void *arg)
{
	struct entry *entry = arg;
	struct policies *policies = entry->owner;
	struct err err = ok ? (struct err){ 0 } : *failure;
	entry->asking = false;
	if (ok && compile(entry, &err))
		LOG_INFO(NULL, "policy compiled", LOG_STR("digest", entry->digest),
			LOG_STR("name", entry->policy->name));
	buf_finish(&entry->document);
	while (entry->waiters != NULL) {
		struct policies_waiter *waiter = entry->waiters;
		policies_withdraw(waiter);
		waiter->call(entry->policy, &err, waiter->arg);
	}
	if (entry->policy == NULL)
		entry_destroy(policies, entry);
	metric_set(&policies_cached, NULL, HASH_COUNT(policies->entries));
}

void policies_get(struct policies *policies, const char *digest, struct policies_waiter *waiter)
{
	struct entry *entry;
	HASH_FIND_STR(policies->entries, digest, entry);
	if (entry != NULL && entry->policy != NULL) {
		waiter->call(entry->policy, NULL, waiter->arg);
		return;
	}
	if (entry == NULL) {
		entry = mem_zalloc(1, sizeof(*entry));
		entry->digest = mem_strdup(digest);
		entry->owner = policies;
		HASH_ADD_KEYPTR(hh, policies->entries, entry->digest, strlen(entry->digest), entry);
	}
	wait_for(entry, waiter);
	if (!entry->asking) {
		entry->asking = true;
		store_policy(svc_pg(policies->svc), entry->digest, on_document, on_answer, entry);
	}
}
