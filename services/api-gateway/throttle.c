#include "throttle.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/own.h"

/* An address that failed lately. What it still may do grows with time, so that old entries are as good as none. */
struct bucket {
	double tokens;
	int64_t at_us;
	UT_hash_handle hh;
	char address[48];
};

struct throttle {
	struct bucket *buckets; /* the longest unused first */
};

struct throttle *throttle_create(void)
{
	return mem_zalloc(1, sizeof(struct throttle));
}

static void drop(struct throttle *throttle, struct bucket *bucket)
{
	HASH_DEL(throttle->buckets, bucket);
	free(bucket);
}

void throttle_destroy(struct throttle *throttle)
{
	if (throttle == NULL)
		return;
	while (throttle->buckets != NULL)
		drop(throttle, throttle->buckets);
	free(throttle);
}

static double refilled(const struct bucket *bucket, int64_t now_us)
{
	double tokens = bucket->tokens + (double)(now_us - bucket->at_us) / 1e6 * THROTTLE_PER_SECOND;
	return tokens < THROTTLE_BURST ? tokens : THROTTLE_BURST;
}

static struct bucket *find(const struct throttle *throttle, const char *address)
{
	struct bucket *bucket;
	HASH_FIND_STR(throttle->buckets, address, bucket);
	return bucket;
}

bool throttle_allows(struct throttle *throttle, const char *address, int64_t now_us)
{
	const struct bucket *bucket = find(throttle, address);
	return bucket == NULL || refilled(bucket, now_us) >= 1;
}

void throttle_failed(struct throttle *throttle, const char *address, int64_t now_us)
{
	struct bucket *bucket = find(throttle, address);
	double tokens = THROTTLE_BURST;
	if (bucket != NULL) {
		tokens = refilled(bucket, now_us);
		HASH_DEL(throttle->buckets, bucket); /* to the end of the order */
	} else {
		bucket = mem_zalloc(1, sizeof(*bucket));
		strncpy(bucket->address, address, sizeof(bucket->address) - 1);
	}
	bucket->tokens = tokens >= 1 ? tokens - 1 : 0;
	bucket->at_us = now_us;
	HASH_ADD_STR(throttle->buckets, address, bucket);
	while (HASH_COUNT(throttle->buckets) > THROTTLE_ADDRESSES_MAX)
		drop(throttle, throttle->buckets);
}
