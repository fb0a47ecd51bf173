#include "bus/producer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "bus/reaper.h"
#include "bus/state.h"
#include "log/log.h"
#include "metrics/metrics.h"

#define QUEUE_MAX_MESSAGES 10000
#define QUEUE_MAX_BYTES (64U * 1024 * 1024)
#define RETRY_DELAY_US 500000
#define REPLACE_INTERVAL_US 1000000
/* What one turn of the loop gives to acknowledgements. */
#define SLICE_US 2000

static struct metric produced_total = {
	.name = "rp_bus_produced_total",
	.help = "Records acknowledged by Kafka.",
	.type = METRIC_COUNTER,
	.label = "topic",
};
static struct metric queue_gauge = {
	.name = "rp_bus_producer_queue",
	.help = "Records handed to the producer and not acknowledged yet.",
	.type = METRIC_GAUGE,
};

struct outgoing {
	TAILQ_ENTRY(outgoing) entry;
	enum topic topic;
	int32_t partition;
	bool sent;    /* librdkafka has it */
	bool refused; /* librdkafka does not take a record of this size */
	char *key;
	size_t key_len;
	rd_kafka_headers_t *headers;
	void *body;
	size_t len;
	int64_t deadline_us; /* monotonic; 0: none */
	bus_ack_fn *ack;
	void *arg;
};

struct producer {
	struct bus *bus;
	struct client client;
	rd_kafka_topic_t *topics[TOPIC_COUNT];
	TAILQ_HEAD(, outgoing) queue; /* in the order of producer_send */
	size_t count, bytes;
	bool resend;          /* some of queue is not sent */
	int64_t resend_at_us; /* not before */
	int64_t replaced_at_us;
	int64_t slice_end_us;  /* monotonic */
	struct reaper *reaper; /* of the producer before, while that is destroyed */
};

static void outgoing_free(struct producer *producer, struct outgoing *outgoing)
{
	TAILQ_REMOVE(&producer->queue, outgoing, entry);
	producer->count--;
	producer->bytes -= outgoing->len;
	metric_set(&queue_gauge, NULL, (double)producer->count);
	rd_kafka_headers_destroy(outgoing->headers);
	free(outgoing->key);
	free(outgoing->body);
	free(outgoing);
}

static void finish(struct producer *producer, struct outgoing *outgoing, bool ok, const struct err *err)
{
	bus_ack_fn *ack = outgoing->ack;
	void *arg = outgoing->arg;
	if (ok)
		metric_add(&produced_total, topic_info(outgoing->topic)->name, 1);
	outgoing_free(producer, outgoing);
	if (ack != NULL)
		ack(ok, err, arg);
}

static void fail(struct producer *producer, struct outgoing *outgoing, rd_kafka_resp_err_t code)
{
	struct err err;
	enum err_kind kind = code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? ERR_TOO_LARGE : ERR_UNAVAILABLE;
	err_set_at(&err, kind, topic_info(outgoing->topic)->name, "Kafka did not take the record: %s",
		rd_kafka_err2str(code));
	finish(producer, outgoing, false, &err);
}

/* Kept for another try, unless its time is over or no try can succeed. */
static void fail_or_keep(struct producer *producer, struct outgoing *outgoing, rd_kafka_resp_err_t code)
{
	bool late = outgoing->deadline_us != 0 && clock_mono_us() >= outgoing->deadline_us;
	if (late || code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
		fail(producer, outgoing, code);
		return;
	}
	outgoing->sent = false;
	producer->resend = true;
	producer->resend_at_us = clock_mono_us() + RETRY_DELAY_US;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *raw, void *opaque)
{
	struct client *client = opaque;
	struct producer *producer = client->bus->producer;
	if (raw->err == RD_KAFKA_RESP_ERR_NO_ERROR)
		finish(producer, raw->_private, true, NULL);
	else
		fail_or_keep(producer, raw->_private, raw->err);
	if (clock_mono_us() < producer->slice_end_us)
		return;
	/* librdkafka keeps the rest of a batch of acknowledgements for the next call. */
	rd_kafka_yield(rk);
	if (producer->client.again != NULL)
		client_wake(&producer->client);
}

static void send_now(struct producer *producer, struct outgoing *outgoing)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_copy(outgoing->headers);
	/* clang-format off */
	rd_kafka_vu_t parts[] = {
		{ .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[outgoing->topic] },
		{ .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = outgoing->partition },
		{ .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
		{ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { outgoing->key, outgoing->key_len } },
		{ .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { outgoing->body, outgoing->len } },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
		{ .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = outgoing },
	};
	/* clang-format on */
	outgoing->sent = true;
	rd_kafka_error_t *error = rd_kafka_produceva(producer->client.rk, parts, ARRAY_SIZE(parts));
	if (error == NULL)
		return;
	rd_kafka_headers_destroy(headers);
	rd_kafka_resp_err_t code = rd_kafka_error_code(error);
	rd_kafka_error_destroy(error);
	/* The outcome never comes from within producer_send. */
	outgoing->sent = false;
	outgoing->refused = code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
	producer->resend = true;
	producer->resend_at_us = outgoing->refused ? 0 : clock_mono_us() + RETRY_DELAY_US;
	client_wake(&producer->client);
	LOG_DEBUG(NULL, "record not queued", LOG_STR("topic", topic_info(outgoing->topic)->name),
		LOG_STR("reason", rd_kafka_err2str(code)));
}

static void resend(struct producer *producer)
{
	int64_t now = clock_mono_us();
	struct outgoing *next;
	if (!producer->resend || now < producer->resend_at_us)
		return;
	producer->resend = false;
	for (struct outgoing *outgoing = TAILQ_FIRST(&producer->queue); outgoing != NULL; outgoing = next) {
		next = TAILQ_NEXT(outgoing, entry);
		if (outgoing->sent)
			continue;
		if (outgoing->refused)
			fail(producer, outgoing, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
		else if (outgoing->deadline_us != 0 && now >= outgoing->deadline_us)
			fail(producer, outgoing, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
		else
			send_now(producer, outgoing);
	}
}

static void destroy_topics(struct producer *producer)
{
	for (size_t i = 0; i < TOPIC_COUNT; i++)
		if (producer->topics[i] != NULL)
			rd_kafka_topic_destroy(take(producer->topics[i]));
}

static rd_kafka_topic_t *make_topic(struct producer *producer, enum topic topic)
{
	/* Dead letters wait for ever: an unfinished one holds its partition's commit. */
	int64_t timeout_ms = topic == TOPIC_DEAD_LETTERS ? 0 : producer->bus->conf.produce_timeout_ms;
	char text[32];
	snprintf(text, sizeof(text), "%lld", (long long)timeout_ms);
	rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
	bool ok = rd_kafka_topic_conf_set(conf, "message.timeout.ms", text, NULL, 0) == RD_KAFKA_CONF_OK &&
		  rd_kafka_topic_conf_set(conf, "partitioner", "murmur2_random", NULL, 0) == RD_KAFKA_CONF_OK;
	rd_kafka_topic_t *made = ok ? rd_kafka_topic_new(producer->client.rk, topic_info(topic)->name, conf) : NULL;
	if (made == NULL)
		rd_kafka_topic_conf_destroy(conf);
	return made;
}

static void serve(struct client *client);

static bool start(struct producer *producer, struct err *err)
{
	static const char *const settings[][2] = {
		{ "enable.idempotence", "true" },
		{ "acks", "all" },
		{ "linger.ms", "0" },
		{ "message.max.bytes", "1048588" }, /* the broker's default */
		{ "queue.buffering.max.messages", "20000" },
		{ "queue.buffering.max.kbytes", "131072" },
		{ "enable.sparse.connections", "false" },
	};
	rd_kafka_conf_t *conf;
	if (!client_conf(&producer->client, &conf, err))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < ARRAY_SIZE(settings); i++)
		ok = client_conf_set(conf, settings[i][0], settings[i][1], err);
	if (!ok) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	if (!client_start(&producer->client, RD_KAFKA_PRODUCER, conf, serve, err))
		return false;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		if (!topic_may_write(producer->bus->conf.service, (enum topic)i))
			continue;
		/* Made now, so that metadata is there before the first record. */
		producer->topics[i] = make_topic(producer, (enum topic)i);
		if (producer->topics[i] == NULL)
			return err_set_at(err, ERR_CONFIG, topic_info((enum topic)i)->name,
				"librdkafka refuses the topic's settings");
	}
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(producer->client.rk);
	client_watch(&producer->client, queue);
	rd_kafka_queue_destroy(queue);
	return true;
}

/* A fatal error (an idempotent producer that lost its place) ends a handle; its unacknowledged records go to a new one.
 */
static void replace(struct producer *producer)
{
	int64_t now = clock_mono_us();
	if (producer->reaper != NULL && !reaper_is_done(producer->reaper))
		return;
	if (now - producer->replaced_at_us < REPLACE_INTERVAL_US)
		return;
	producer->replaced_at_us = now;
	LOG_WARN(NULL, "the producer is made anew", LOG_INT("unacknowledged", producer->count));
	reaper_join(producer->reaper);
	destroy_topics(producer);
	client_detach(&producer->client);
	producer->reaper = reaper_start(take(producer->client.rk), producer->client.wake_fd);
	struct outgoing *outgoing;
	TAILQ_FOREACH (outgoing, &producer->queue, entry)
		outgoing->sent = false;
	producer->resend = true;
	producer->resend_at_us = 0;
	struct err err;
	if (!start(producer, &err))
		log_err(LOG_LEVEL_ERROR, NULL, "no new producer could be made", &err);
}

static void serve(struct client *client)
{
	struct producer *producer = client->bus->producer;
	producer->slice_end_us = clock_mono_us() + SLICE_US;
	rd_kafka_poll(client->rk, 0);
	if (client->fatal)
		replace(producer);
	resend(producer);
}

bool producer_create(struct bus *bus, struct producer **producer, struct err *err)
{
	struct producer *made = mem_zalloc(1, sizeof(*made));
	made->bus = bus;
	made->client = (struct client){ .bus = bus, .role = "producer" };
	TAILQ_INIT(&made->queue);
	metrics_register(&produced_total);
	metrics_register(&queue_gauge);
	if (!start(made, err)) {
		producer_destroy(made);
		return false;
	}
	*producer = made;
	return true;
}

void producer_flush(struct producer *producer, int timeout_ms)
{
	int64_t deadline_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	producer->slice_end_us = deadline_us;
	while (producer->count > 0 && clock_mono_us() < deadline_us)
		rd_kafka_poll(producer->client.rk, 10);
}

void producer_destroy(struct producer *producer)
{
	if (producer == NULL)
		return;
	while (!TAILQ_EMPTY(&producer->queue))
		fail(producer, TAILQ_FIRST(&producer->queue), RD_KAFKA_RESP_ERR__DESTROY);
	destroy_topics(producer);
	client_destroy(&producer->client);
	reaper_join(producer->reaper);
	free(producer);
}

bool producer_has_room(const struct producer *producer, size_t len)
{
	return producer->count < QUEUE_MAX_MESSAGES && producer->bytes + len <= QUEUE_MAX_BYTES;
}

void producer_send(struct producer *producer, const struct producer_message *message, bus_ack_fn *ack, void *arg)
{
	struct outgoing *outgoing = mem_zalloc(1, sizeof(*outgoing));
	int64_t timeout_ms = message->topic == TOPIC_DEAD_LETTERS ? 0 : producer->bus->conf.produce_timeout_ms;
	outgoing->topic = message->topic;
	outgoing->partition = message->partition < 0 ? RD_KAFKA_PARTITION_UA : message->partition;
	outgoing->key = mem_dup(message->key, message->key_len);
	outgoing->key_len = message->key_len;
	outgoing->headers = message->headers;
	outgoing->body = mem_dup(message->body, message->len);
	outgoing->len = message->len;
	outgoing->deadline_us = timeout_ms > 0 ? clock_mono_us() + timeout_ms * CLOCK_US_PER_MS : 0;
	outgoing->ack = ack;
	outgoing->arg = arg;
	TAILQ_INSERT_TAIL(&producer->queue, outgoing, entry);
	producer->count++;
	producer->bytes += outgoing->len;
	metric_set(&queue_gauge, NULL, (double)producer->count);
	if (producer->client.fatal)
		producer->resend = true;
	else
		send_now(producer, outgoing);
}

size_t producer_pending(const struct producer *producer)
{
	return producer->count;
}

const struct client *producer_client(const struct producer *producer)
{
	return &producer->client;
}
