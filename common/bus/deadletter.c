#include "bus/deadletter.h"

#include <assert.h>
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bus/consumer.h"
#include "bus/partition.h"
#include "bus/producer.h"
#include "bus/state.h"
#include "log/log.h"
#include "metrics/metrics.h"

static struct metric dead_letters_total = {
	.name = "rp_dead_letters_total",
	.help = "Records that could never have their effect and went to the dead letters.",
	.type = METRIC_COUNTER,
	.label = "topic",
};

static void add_header(rd_kafka_headers_t *headers, const char *name, const char *value)
{
	rd_kafka_header_add(headers, name, -1, value, -1);
}

static void add_number(rd_kafka_headers_t *headers, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, value);
	add_header(headers, name, text);
}

/* What of a record its letter carries: less, if Kafka does not take so much. */
enum cut {
	CUT_NOTHING,
	CUT_BODY,
	CUT_ALL, /* key and headers of the record too: only ours are left */
};

/* The record's own headers, whatever they are, and ours. */
static rd_kafka_headers_t *make_headers(const struct bus_delivery *delivery, const struct err *why, enum cut cut)
{
	rd_kafka_headers_t *original, *headers;
	if (cut < CUT_ALL && rd_kafka_message_headers(delivery->raw, &original) == RD_KAFKA_RESP_ERR_NO_ERROR)
		headers = rd_kafka_headers_copy(original);
	else
		headers = rd_kafka_headers_new(8);
	char reason[sizeof(why->where) + sizeof(why->text) + 2], time[CLOCK_RFC3339_SIZE];
	snprintf(reason, sizeof(reason), "%s%s%s", why->where, why->where[0] != '\0' ? ": " : "", why->text);
	add_header(headers, DEAD_HEADER_TOPIC, rd_kafka_topic_name(delivery->raw->rkt));
	add_number(headers, DEAD_HEADER_PARTITION, delivery->raw->partition);
	add_number(headers, DEAD_HEADER_OFFSET, delivery->raw->offset);
	add_header(headers, DEAD_HEADER_KIND, err_info(why->kind)->name);
	add_header(headers, DEAD_HEADER_REASON, reason);
	add_header(headers, DEAD_HEADER_SERVICE, service_name(delivery->consumer->bus->conf.service));
	add_header(headers, DEAD_HEADER_TIME, clock_format(clock_now_us(), time));
	return headers;
}

struct letter {
	struct bus_delivery *delivery;
	struct err why;
	enum cut cut;
};

static void send_letter(struct letter *letter);

static void on_letter_ack(bool ok, const struct err *err, void *arg)
{
	struct letter *letter = arg;
	struct bus_delivery *delivery = letter->delivery;
	if (ok) {
		metric_add(&dead_letters_total, rd_kafka_topic_name(delivery->raw->rkt), 1);
		delivery_finish(delivery);
	} else if (err->kind == ERR_TOO_LARGE && letter->cut < CUT_ALL) {
		letter->cut++;
		send_letter(letter);
		return;
	}
	/* Otherwise the bus is going down, as dead letters are tried for ever: the record stays unfinished. */
	free(letter);
}

static void send_letter(struct letter *letter)
{
	const struct bus_delivery *delivery = letter->delivery;
	rd_kafka_headers_t *headers = make_headers(delivery, &letter->why, letter->cut);
	if (letter->cut != CUT_NOTHING)
		add_number(headers, DEAD_HEADER_CUT, (int64_t)delivery->raw->len);
	const struct producer_message message = {
		.topic = TOPIC_DEAD_LETTERS,
		.key = letter->cut < CUT_ALL ? delivery->raw->key : NULL,
		.key_len = letter->cut < CUT_ALL ? delivery->raw->key_len : 0,
		.partition = -1,
		.headers = headers,
		.body = letter->cut == CUT_NOTHING ? delivery->raw->payload : NULL,
		.len = letter->cut == CUT_NOTHING ? delivery->raw->len : 0,
	};
	producer_send(delivery->consumer->bus->producer, &message, on_letter_ack, letter);
}

void bus_dead_letter(struct bus_delivery *delivery, const struct err *why)
{
	assert(delivery->state == DELIVERY_HANDED);
	if (bus_is_void(delivery)) {
		delivery_finish(delivery);
		return;
	}
	metrics_register(&dead_letters_total);
	LOG_WARN(NULL, "record goes to the dead letters", LOG_STR("topic", rd_kafka_topic_name(delivery->raw->rkt)),
		LOG_INT("partition", delivery->raw->partition), LOG_INT("offset", delivery->raw->offset),
		LOG_STR("kind", err_info(why->kind)->name), LOG_STR("where", why->where), LOG_STR("reason", why->text));
	delivery->state = DELIVERY_DYING;
	struct letter *letter = mem_zalloc(1, sizeof(*letter));
	letter->delivery = delivery;
	letter->why = *why;
	send_letter(letter);
}
