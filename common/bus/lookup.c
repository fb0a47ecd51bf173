#include "bus/lookup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"

#define TIMEOUT_MS 3000

struct lookup {
	pthread_t thread;
	rd_kafka_t *rk;
	const char *topic;
	int32_t partition;
	int64_t since_us;
	int wake_fd;
	struct lookup_answer answer;
	atomic_bool done;
};

/* The first offset at or after the time; the end if there is no such record. */
static bool find_first(const struct lookup *lookup, int64_t end, int64_t *first)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, lookup->topic, lookup->partition)->offset =
		lookup->since_us / CLOCK_US_PER_MS;
	bool ok = rd_kafka_offsets_for_times(lookup->rk, list, TIMEOUT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR &&
		  list->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (ok)
		*first = list->elems[0].offset >= 0 ? list->elems[0].offset : end;
	rd_kafka_topic_partition_list_destroy(list);
	return ok;
}

static void *ask(void *arg)
{
	struct lookup *lookup = arg;
	struct lookup_answer answer = { 0 };
	answer.ok = rd_kafka_query_watermark_offsets(lookup->rk, lookup->topic, lookup->partition, &answer.first,
			    &answer.end, TIMEOUT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (answer.ok && lookup->since_us > 0)
		answer.ok = find_first(lookup, answer.end, &answer.first);
	lookup->answer = answer;
	int fd = lookup->wake_fd;
	atomic_store(&lookup->done, true);
	static const uint64_t one = 1;
	ssize_t written = write(fd, &one, sizeof(one)); /* the loop looks now and then anyway */
	(void)written;
	return NULL;
}

struct lookup *bus_lookup_start(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t since_us, int wake_fd)
{
	struct lookup *lookup = mem_zalloc(1, sizeof(*lookup));
	lookup->rk = rk;
	lookup->topic = topic;
	lookup->partition = partition;
	lookup->since_us = since_us;
	lookup->wake_fd = wake_fd;
	if (pthread_create(&lookup->thread, NULL, ask, lookup) != 0)
		abort(); /* no memory for a stack: as mem_alloc */
	return lookup;
}

bool bus_lookup_poll(const struct lookup *lookup, struct lookup_answer *answer)
{
	if (!atomic_load(&lookup->done))
		return false;
	*answer = lookup->answer;
	return true;
}

void bus_lookup_join(struct lookup *lookup)
{
	if (lookup == NULL)
		return;
	pthread_join(lookup->thread, NULL);
	free(lookup);
}
