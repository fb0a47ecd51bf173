#include "bus/reader.h"

#include "base/clock.h"
#include "bus/state.h"
#include "log/log.h"

#define SLICE_RECORDS 64
#define SLICE_US 2000

static void take_message(struct reader *reader, const rd_kafka_message_t *raw)
{
	enum topic topic = raw->rkt != NULL ? topic_find(rd_kafka_topic_name(raw->rkt)) : TOPIC_COUNT;
	if (raw->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
		reader->events->end(reader, topic, raw->partition, raw->offset);
	else if (raw->err == RD_KAFKA_RESP_ERR_NO_ERROR)
		reader->events->record(reader, topic, raw);
	else
		LOG_DEBUG(NULL, "reader error", LOG_STR("client", reader->client.role),
			LOG_STR("reason", rd_kafka_message_errstr(raw)));
}

static void serve(struct client *client)
{
	struct reader *reader = (struct reader *)client;
	int64_t deadline_us = clock_mono_us() + SLICE_US;
	rd_kafka_poll(client->rk, 0);
	for (int i = 0;; i++) {
		if (i == SLICE_RECORDS || clock_mono_us() >= deadline_us) {
			client_wake(client);
			break;
		}
		rd_kafka_message_t *raw = rd_kafka_consume_queue(reader->queue, 0);
		if (raw == NULL)
			break;
		take_message(reader, raw);
		rd_kafka_message_destroy(raw);
	}
	reader->events->tick(reader);
}

bool reader_init(
	struct reader *reader, struct bus *bus, const char *role, const struct reader_events *events, struct err *err)
{
	static const char *const settings[][2] = {
		{ "enable.partition.eof", "true" },
		{ "auto.offset.reset", "earliest" }, /* retention has passed a position */
		{ "fetch.wait.max.ms", "20" },
		{ "fetch.error.backoff.ms", "100" },
		{ "queued.max.messages.kbytes", "4096" },
	};
	*reader = (struct reader){ .client = { .bus = bus, .role = role }, .events = events };
	rd_kafka_conf_t *conf;
	if (!client_conf(&reader->client, &conf, err))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < ARRAY_SIZE(settings); i++)
		ok = client_conf_set(conf, settings[i][0], settings[i][1], err);
	if (!ok) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	if (!client_start(&reader->client, RD_KAFKA_CONSUMER, conf, serve, err))
		return false;
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(reader->client.rk);
	client_watch(&reader->client, queue);
	rd_kafka_queue_destroy(queue);
	reader->queue = rd_kafka_queue_new(reader->client.rk);
	client_watch(&reader->client, reader->queue);
	return true;
}

void reader_finish(struct reader *reader)
{
	client_detach(&reader->client);
	for (size_t i = 0; i < TOPIC_COUNT; i++)
		if (reader->topics[i] != NULL)
			rd_kafka_topic_destroy(take(reader->topics[i]));
	if (reader->queue != NULL)
		rd_kafka_queue_destroy(take(reader->queue));
	client_destroy(&reader->client);
}

bool reader_add_topic(struct reader *reader, enum topic topic, struct err *err)
{
	if (reader->topics[topic] == NULL)
		reader->topics[topic] = rd_kafka_topic_new(reader->client.rk, topic_info(topic)->name, NULL);
	return reader->topics[topic] != NULL ||
	       err_set_at(err, ERR_INTERNAL, topic_info(topic)->name, "the topic can't be read: %s",
		       rd_kafka_err2str(rd_kafka_last_error()));
}

void reader_follow(struct reader *reader, enum topic topic, int32_t partition, int64_t offset)
{
	rd_kafka_consume_start_queue(reader->topics[topic], partition, offset, reader->queue);
}

void reader_unfollow(struct reader *reader, enum topic topic, int32_t partition)
{
	rd_kafka_consume_stop(reader->topics[topic], partition);
}
