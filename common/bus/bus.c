#include "bus/bus.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bus/consumer.h"
#include "bus/intake.h"
#include "bus/producer.h"
#include "bus/readback.h"
#include "bus/state.h"
#include "bus/tail.h"

/* For leaving the group at the end, if Kafka is there. */
#define LEAVE_TIMEOUT_MS 2000

static void copy_text(const char **text)
{
	if (*text != NULL)
		*text = mem_strdup(*text);
}

static void copy_conf(struct bus_conf *to, const struct bus_conf *from)
{
	*to = *from;
	copy_text(&to->brokers);
	copy_text(&to->group_instance_id);
	copy_text(&to->security_protocol);
	copy_text(&to->sasl_mechanism);
	copy_text(&to->sasl_username);
	copy_text(&to->sasl_password);
	copy_text(&to->ca_file);
	copy_text(&to->certificate_file);
	copy_text(&to->key_file);
}

static void free_conf(struct bus_conf *conf)
{
	const char *texts[] = { conf->brokers, conf->group_instance_id, conf->security_protocol, conf->sasl_mechanism,
		conf->sasl_username, conf->ca_file, conf->certificate_file, conf->key_file };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free((char *)texts[i]);
	if (conf->sasl_password != NULL) {
		char *password = (char *)conf->sasl_password;
		explicit_bzero(password, strlen(password));
		free(password);
	}
	explicit_bzero(conf->mac_keys, sizeof(conf->mac_keys));
}

static bool take_handlers(struct bus *bus, const struct bus_handler *handlers, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		enum topic topic = handlers[i].topic;
		if (!topic_may_read(bus->conf.service, topic))
			return err_set_at(err, ERR_INTERNAL, topic_info(topic)->name, "%s may not read this topic",
				service_name(bus->conf.service));
		bus->handlers[topic] = handlers[i].handle;
	}
	return true;
}

bool bus_create(struct event_base *base, const struct bus_conf *conf, const struct bus_handler *handlers,
	size_t handler_count, const struct bus_callbacks *callbacks, void *context, struct bus **bus, struct err *err)
{
	struct bus *made = mem_zalloc(1, sizeof(*made));
	made->base = base;
	made->context = context;
	if (callbacks != NULL)
		made->callbacks = *callbacks;
	copy_conf(&made->conf, conf);
	bool ok = take_handlers(made, handlers, handler_count, err) && producer_create(made, &made->producer, err) &&
		  (handler_count == 0 || consumer_create(made, &made->consumer, err));
	if (!ok) {
		bus_destroy(made, 0);
		return false;
	}
	*bus = made;
	return true;
}

void bus_destroy(struct bus *bus, int flush_ms)
{
	if (bus == NULL)
		return;
	bus->closing = true;
	tails_destroy(bus);
	read_backs_destroy(bus);
	/* First what was sent, because dead letters end deliveries; then the last commit. */
	if (bus->producer != NULL)
		producer_flush(bus->producer, flush_ms);
	if (bus->consumer != NULL)
		consumer_close(bus->consumer, LEAVE_TIMEOUT_MS);
	producer_destroy(bus->producer);
	bus->producer = NULL;
	consumer_destroy(bus->consumer);
	free_conf(&bus->conf);
	free(bus);
}

const struct mac_keys *bus_mac_keys(const struct bus *bus, enum mac_pair pair)
{
	return &bus->conf.mac_keys[pair];
}

/* --- readiness --- */

bool bus_is_connected(const struct bus *bus)
{
	return producer_client(bus->producer)->connected &&
	       (bus->consumer == NULL || bus->consumer->client.connected) && tails_are_connected(bus);
}

static bool topic_count_is_right(struct bus *bus, enum topic topic, int count)
{
	const struct topic_info *info = topic_info(topic);
	if (info->partitions > 1 || count == 1)
		return true;
	snprintf(bus->reason, sizeof(bus->reason), "topic %s has %d partitions and must have one", info->name, count);
	return false;
}

/* Partition counts as this client sees them, of the topics that it uses. */
static bool topics_are_right(struct bus *bus, const struct client *client, enum topic topic)
{
	int count = client->partitions[topic];
	enum topic other = topic_copartitioned(topic);
	if (count == 0) {
		snprintf(bus->reason, sizeof(bus->reason),
			"topic %s does not exist or has a partition without a leader", topic_info(topic)->name);
		return false;
	}
	if (!topic_count_is_right(bus, topic, count))
		return false;
	if (other == TOPIC_COUNT || bus->counts[other] == 0 || bus->counts[other] == count)
		return true;
	snprintf(bus->reason, sizeof(bus->reason),
		"topics %s and %s have %d and %d partitions and must have equally many", topic_info(topic)->name,
		topic_info(other)->name, count, bus->counts[other]);
	return false;
}

static bool check_topics(struct bus *bus)
{
	const struct client *producer = producer_client(bus->producer);
	const struct client *consumer = bus->consumer != NULL ? &bus->consumer->client : NULL;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		bool writes = topic_may_write(bus->conf.service, (enum topic)i);
		bus->counts[i] = writes                                         ? producer->partitions[i]
				 : consumer != NULL && bus->handlers[i] != NULL ? consumer->partitions[i]
										: 0;
	}
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		if (topic_may_write(bus->conf.service, (enum topic)i) &&
			!topics_are_right(bus, producer, (enum topic)i))
			return false;
		if (bus->handlers[i] != NULL && !topics_are_right(bus, consumer, (enum topic)i))
			return false;
	}
	return true;
}

bool bus_is_ready(const struct bus *bus, const char **reason)
{
	struct bus *mutable = (struct bus *)bus; /* reason's text */
	const char *ignored;
	reason = reason != NULL ? reason : &ignored;
	*reason = "Kafka is not reachable";
	if (!bus_is_connected(bus))
		return false;
	*reason = "the producer has no id yet";
	if (!producer_client(bus->producer)->has_producer_id)
		return false;
	*reason = bus->reason;
	if (!check_topics(mutable))
		return false;
	return (bus->consumer == NULL || consumer_is_ready(bus->consumer, reason)) && tails_are_ready(bus, reason);
}

void bus_changed(struct bus *bus)
{
	bool ready = bus_is_ready(bus, NULL);
	if (ready == bus->was_ready)
		return;
	bus->was_ready = ready;
	if (bus->callbacks.ready_changed != NULL)
		bus->callbacks.ready_changed(ready, bus->context);
}

/* --- flow --- */

static void hold_all(struct bus *bus, bool held)
{
	if (bus->consumer == NULL || bus->consumer->held == held)
		return;
	bus->consumer->held = held;
	consumer_wake(bus->consumer);
}

void bus_hold_all(struct bus *bus)
{
	hold_all(bus, true);
}

void bus_release_all(struct bus *bus)
{
	hold_all(bus, false);
}

void bus_drain(struct bus *bus)
{
	if (bus->consumer != NULL)
		bus->consumer->draining = true;
}

size_t bus_pending(const struct bus *bus)
{
	return producer_pending(bus->producer) + (bus->consumer != NULL ? consumer_pending(bus->consumer) : 0);
}

/* --- producing --- */

static void add_header(rd_kafka_headers_t *headers, const char *name, const char *value)
{
	rd_kafka_header_add(headers, name, -1, value, -1);
}

static rd_kafka_headers_t *make_headers(const struct bus *bus, const struct bus_record *record)
{
	const struct topic_info *info = topic_info(record->topic);
	char source[64], time[CLOCK_RFC3339_SIZE];
	snprintf(source, sizeof(source), "/releasepassport/%s", service_name(bus->conf.service));
	rd_kafka_headers_t *headers = rd_kafka_headers_new(9);
	add_header(headers, "ce_specversion", "1.0");
	add_header(headers, HEADER_CE_ID, record->ce_id);
	add_header(headers, "ce_source", source);
	add_header(headers, "ce_type", info->ce_type);
	add_header(headers, HEADER_CE_TIME, clock_format(record->ce_time_us, time));
	if (record->key[0] != '\0')
		add_header(headers, "ce_subject", record->key);
	add_header(headers, "content-type", info->message != NULL ? "application/protobuf" : "application/json");
	if (record->traceparent[0] != '\0')
		add_header(headers, HEADER_TRACEPARENT, record->traceparent);
	if (info->mac_pair != MAC_NONE) {
		uint8_t mac[SHA256_SIZE];
		record_mac(bus->conf.mac_keys[info->mac_pair].keys[0], record, mac);
		rd_kafka_header_add(headers, HEADER_MAC, -1, mac, sizeof(mac));
	}
	return headers;
}

static bool may_produce(const struct bus *bus, enum topic topic, size_t len, struct err *err)
{
	const struct topic_info *info = topic_info(topic);
	if (!topic_may_write(bus->conf.service, topic))
		return err_set_at(
			err, ERR_INTERNAL, info->name, "%s may not write this topic", service_name(bus->conf.service));
	if (info->mac_pair != MAC_NONE && bus->conf.mac_keys[info->mac_pair].count == 0)
		return err_set_at(err, ERR_INTERNAL, info->name, "this process does not hold the topic's key");
	if (len > RECORD_MAX_BYTES)
		return err_set_at(err, ERR_TOO_LARGE, info->name, "the record has %zu bytes, at most %d are allowed",
			len, RECORD_MAX_BYTES);
	if (bus->closing)
		return err_set_at(err, ERR_UNAVAILABLE, info->name, "this process is going down");
	if (!producer_has_room(bus->producer, len))
		return err_set_at(err, ERR_UNAVAILABLE, info->name, "too many records wait for Kafka");
	return true;
}

bool bus_produce(struct bus *bus, const struct bus_message *message, bus_ack_fn *ack, void *arg, struct err *err)
{
	size_t len = message->message != NULL ? protobuf_c_message_get_packed_size(message->message) : message->len;
	if (!may_produce(bus, message->topic, len, err))
		return false;
	owned(mem) void *packed = NULL;
	if (message->message != NULL) {
		packed = mem_alloc(len);
		protobuf_c_message_pack(message->message, packed);
	}
	const struct bus_record record = {
		.topic = message->topic,
		.key = message->key != NULL ? message->key : "",
		.ce_id = message->ce_id,
		.ce_time_us = message->ce_time_us,
		.traceparent = message->traceparent != NULL ? message->traceparent : "",
		.body = message->message != NULL ? packed : message->body,
		.len = len,
	};
	const struct producer_message out = {
		.topic = record.topic,
		.key = record.key,
		.key_len = strlen(record.key),
		.partition = message->partition,
		.headers = make_headers(bus, &record),
		.body = record.body,
		.len = len,
	};
	producer_send(bus->producer, &out, ack, arg);
	return true;
}
