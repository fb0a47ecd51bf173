#include "bus/commit.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bus/consumer.h"
#include "bus/state.h"
#include "log/log.h"

#define INTERVAL_US 50000
#define RETRY_US 500000
#define READ_TIMEOUT_MS 3000

static void schedule(struct event *timer, int64_t delay_us)
{
	if (delay_us < 0)
		delay_us = 0;
	event_add(
		timer, &(struct timeval){ .tv_sec = delay_us / CLOCK_US_PER_S, .tv_usec = delay_us % CLOCK_US_PER_S });
}

void consumer_commit_soon(struct consumer *consumer)
{
	struct commit *commit = &consumer->commit;
	if (commit->timer == NULL || commit->outstanding > 0 || evtimer_pending(commit->timer, NULL))
		return;
	schedule(commit->timer, commit->last_us + INTERVAL_US - clock_mono_us());
}

static bool add_dirty(struct partition *partition, rd_kafka_topic_partition_list_t *list)
{
	int64_t committable = offsets_committable(&partition->offsets);
	if (!partition->dirty || !partition->positioned || committable < 0)
		return false;
	rd_kafka_topic_partition_t *added =
		rd_kafka_topic_partition_list_add(list, topic_info(partition->topic)->name, partition->number);
	struct buf metadata = { 0 };
	offsets_encode(&partition->offsets, OFFSETS_METADATA_MAX, &metadata);
	added->offset = committable;
	/* librdkafka frees it with the list; metadata_size counts no NUL. */
	added->metadata_size = metadata.len;
	added->metadata = metadata.len > 0 ? buf_steal(&metadata, NULL) : NULL;
	buf_finish(&metadata);
	partition->dirty = false;
	return true;
}

static void mark_failed(struct consumer *consumer, const rd_kafka_topic_partition_t *failed)
{
	struct partition *partition = consumer_find(consumer, topic_find(failed->topic), failed->partition);
	if (partition != NULL)
		partition->dirty = true;
}

void commit_now(struct consumer *consumer)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(8);
	bool any = false;
	struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		any |= add_dirty(partition, list);
	if (any) {
		rd_kafka_resp_err_t code = rd_kafka_commit(consumer->client.rk, list, 1);
		consumer->commit.last_us = clock_mono_us();
		if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
			consumer->commit.outstanding++;
		else
			LOG_DEBUG(NULL, "commit refused", LOG_STR("reason", rd_kafka_err2str(code)));
		for (int i = 0; code != RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; i++)
			mark_failed(consumer, &list->elems[i]);
	}
	rd_kafka_topic_partition_list_destroy(list);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	commit_now(arg);
}

void commit_on_answer(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *offsets, void *opaque)
{
	struct client *client = opaque;
	struct consumer *consumer = client->bus->consumer;
	bool failed = false;
	(void)rk;
	if (consumer->commit.outstanding > 0)
		consumer->commit.outstanding--;
	for (int i = 0; offsets != NULL && i < offsets->cnt; i++)
		if (code != RD_KAFKA_RESP_ERR_NO_ERROR || offsets->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
			failed = true;
			mark_failed(consumer, &offsets->elems[i]);
		}
	if (failed) {
		LOG_DEBUG(NULL, "commit failed", LOG_STR("reason", rd_kafka_err2str(code)));
		consumer->commit.last_us = clock_mono_us() + RETRY_US - INTERVAL_US;
	}
	struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		if (partition->dirty)
			consumer_commit_soon(consumer);
}

/* Asks for the commits of all partitions that wait for theirs. */
static void ask(struct consumer *consumer)
{
	rd_kafka_t *rk = consumer->client.rk;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(8);
	struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		if (!partition->positioned)
			rd_kafka_topic_partition_list_add(list, topic_info(partition->topic)->name, partition->number);
	if (list->cnt > 0) {
		char text[128];
		rd_kafka_AdminOptions_t *options =
			rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
		rd_kafka_AdminOptions_set_opaque(options, (void *)consumer->commit.assignment);
		rd_kafka_AdminOptions_set_request_timeout(options, READ_TIMEOUT_MS, text, sizeof(text));
		rd_kafka_ListConsumerGroupOffsets_t *request =
			rd_kafka_ListConsumerGroupOffsets_new(consumer->group, list);
		rd_kafka_ListConsumerGroupOffsets(rk, &request, 1, options, consumer->commit.queue);
		rd_kafka_ListConsumerGroupOffsets_destroy(request);
		rd_kafka_AdminOptions_destroy(options);
	}
	rd_kafka_topic_partition_list_destroy(list);
}

static void on_read_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ask(arg);
}

void commit_read(struct consumer *consumer)
{
	ask(consumer);
}

void commit_forget(struct consumer *consumer)
{
	consumer->commit.assignment++;
	event_del(consumer->commit.timer);
	event_del(consumer->commit.read_timer);
}

static void take_group(struct consumer *consumer, const rd_kafka_group_result_t *group)
{
	const rd_kafka_topic_partition_list_t *list = rd_kafka_group_result_partitions(group);
	for (int i = 0; list != NULL && i < list->cnt; i++) {
		const rd_kafka_topic_partition_t *from = &list->elems[i];
		struct partition *partition = consumer_find(consumer, topic_find(from->topic), from->partition);
		if (partition == NULL || partition->positioned || from->err != RD_KAFKA_RESP_ERR_NO_ERROR)
			continue;
		char *metadata = mem_zalloc(1, from->metadata_size + 1);
		if (from->metadata_size > 0)
			memcpy(metadata, from->metadata, from->metadata_size);
		partition_position(partition, from->offset, metadata);
		free(metadata);
	}
}

static void take_answer(struct consumer *consumer, rd_kafka_event_t *event)
{
	const rd_kafka_ListConsumerGroupOffsets_result_t *result =
		rd_kafka_event_ListConsumerGroupOffsets_result(event);
	if (result == NULL || (intptr_t)rd_kafka_event_opaque(event) != consumer->commit.assignment)
		return;
	size_t count = 0;
	const rd_kafka_group_result_t **groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
	for (size_t i = 0; i < count; i++)
		take_group(consumer, groups[i]);
	const struct partition *partition;
	TAILQ_FOREACH (partition, &consumer->partitions, entry)
		if (!partition->positioned) {
			LOG_DEBUG(NULL, "commits can't be read yet",
				LOG_STR("reason", rd_kafka_event_error_string(event)));
			schedule(consumer->commit.read_timer, RETRY_US);
			return;
		}
}

void commit_serve(struct consumer *consumer)
{
	rd_kafka_event_t *event;
	while ((event = rd_kafka_queue_poll(consumer->commit.queue, 0)) != NULL) {
		take_answer(consumer, event);
		rd_kafka_event_destroy(event);
	}
}

void commit_init(struct consumer *consumer)
{
	struct commit *commit = &consumer->commit;
	commit->timer = evtimer_new(consumer->bus->base, on_timer, consumer);
	commit->read_timer = evtimer_new(consumer->bus->base, on_read_timer, consumer);
	commit->queue = rd_kafka_queue_new(consumer->client.rk);
	client_watch(&consumer->client, commit->queue);
}

void commit_finish(struct consumer *consumer)
{
	struct commit *commit = &consumer->commit;
	if (commit->timer == NULL)
		return;
	event_free(take(commit->timer));
	event_free(take(commit->read_timer));
	rd_kafka_queue_destroy(take(commit->queue));
}
