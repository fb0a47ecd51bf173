#include "member.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker.h"
#include "gate.pb-c.h"
#include "verdict.pb-c.h"

static void note(struct member *member, const struct bus_record *record)
{
	ck_assert_int_lt(member->handed, MEMBER_RECORDS_MAX);
	snprintf(member->ids[member->handed++], sizeof(member->ids[0]), "%s", record->ce_id);
}

static void on_record(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	struct member *member = context;
	int index = member->handed;
	ck_assert_ptr_nonnull(message);
	note(member, record);
	if (index < (int)ARRAY_SIZE(member->deliveries))
		member->deliveries[index] = delivery;
	if (member->on_record == NULL)
		bus_done(delivery);
	else
		member->on_record(member, delivery, record, index);
}

static void on_assigned(enum topic topic, int32_t partition, void *context)
{
	struct member *member = context;
	member->assigned++;
	if (member->hold_new)
		bus_hold(member->bus, topic, partition);
}

static void on_revoked(enum topic topic, int32_t partition, void *context)
{
	struct member *member = context;
	(void)topic;
	(void)partition;
	member->revoked++;
}

static struct member *create(enum service_id service, const enum topic *topics, member_record_fn *record, uint8_t key,
	int64_t produce_timeout_ms)
{
	static const struct bus_callbacks callbacks = { on_assigned, on_revoked, NULL };
	struct member *member = mem_zalloc(1, sizeof(*member));
	struct bus_conf conf = {
		.service = service, .brokers = broker_address(), .produce_timeout_ms = produce_timeout_ms
	};
	struct bus_handler handlers[4];
	size_t count = 0;
	member->service = service;
	member->base = event_base_new();
	member->on_record = record;
	member->ids = mem_zalloc(MEMBER_RECORDS_MAX, sizeof(*member->ids));
	for (; *topics != TOPIC_COUNT; topics++)
		handlers[count++] = (struct bus_handler){ *topics, on_record };
	for (int i = 1; i < MAC_PAIR_COUNT; i++) {
		conf.mac_keys[i].count = 1;
		memset(conf.mac_keys[i].keys[0], key, SHA256_SIZE);
	}
	struct err err;
	bool ok = bus_create(member->base, &conf, handlers, count, &callbacks, member, &member->bus, &err);
	ck_assert_msg(ok, "%s", ok ? "" : err.text);
	return member;
}

struct member *member_create_with_key(
	enum service_id service, const enum topic *topics, member_record_fn *record, uint8_t key)
{
	return create(service, topics, record, key, 0);
}

struct member *member_create_with_timeout(enum service_id service, int64_t produce_timeout_ms)
{
	return create(service, (enum topic[]){ TOPIC_COUNT }, NULL, 1, produce_timeout_ms);
}

struct member *member_create(enum service_id service, const enum topic *topics, member_record_fn *record)
{
	return member_create_with_key(service, topics, record, 1);
}

void member_destroy(struct member *member)
{
	bus_destroy(member->bus, 5000);
	event_base_free(member->base);
	free(member->ids);
	free(member);
}

static void turn(struct member *member)
{
	event_base_loopexit(member->base, &(struct timeval){ .tv_usec = 5000 });
	event_base_loop(member->base, EVLOOP_ONCE);
}

bool member_wait(struct member *member, const int *counter, int value, int timeout_ms)
{
	int64_t end_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	while (*counter < value && clock_mono_us() < end_us)
		turn(member);
	return *counter >= value;
}

bool member_wait_ready(struct member *member, int timeout_ms)
{
	const char *reason;
	int64_t end_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	while (!bus_is_ready(member->bus, &reason)) {
		if (clock_mono_us() >= end_us) {
			fprintf(stderr, "not ready: %s\n", reason);
			return false;
		}
		turn(member);
	}
	return true;
}

void member_run(struct member *member, int ms)
{
	int64_t end_us = clock_mono_us() + ms * CLOCK_US_PER_MS;
	while (clock_mono_us() < end_us)
		turn(member);
}

static void on_ack(bool ok, const struct err *err, void *arg)
{
	struct member *member = arg;
	if (ok) {
		member->acked++;
		return;
	}
	member->failed++;
	member->last_err = *err;
}

static void produce(
	struct member *member, enum topic topic, int32_t partition, const char *id, const ProtobufCMessage *body)
{
	struct err err;
	const struct bus_message message = {
		.topic = topic,
		.key = "acme/shop/production",
		.partition = partition,
		.ce_id = id,
		.ce_time_us = INT64_C(1779012720250001),
		.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		.message = body,
	};
	bool ok = bus_produce(member->bus, &message, on_ack, member, &err);
	ck_assert_msg(ok, "%s", ok ? "" : err.text);
}

void member_send(struct member *member, int32_t partition, const char *prefix, int number)
{
	char id[24];
	Rp__V1__GateRequest request = RP__V1__GATE_REQUEST__INIT;
	snprintf(id, sizeof(id), "%s%d", prefix, number);
	request.min_reader = 1;
	request.evaluation_id = id;
	produce(member, TOPIC_GATE_REQUESTS, partition, id, &request.base);
}

void member_send_passport(struct member *member, int32_t partition, const char *prefix, int number)
{
	char id[24];
	Rp__V1__Passport passport = RP__V1__PASSPORT__INIT;
	snprintf(id, sizeof(id), "%s%d", prefix, number);
	passport.min_reader = 1;
	passport.evaluation_id = id;
	produce(member, TOPIC_PASSPORTS, partition, id, &passport.base);
}

static void on_tail(const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	(void)message;
	note(context, record);
}

static void on_read_back(bool ok, void *context)
{
	struct member *member = context;
	member->read_back++;
	member->read_back_ok = ok;
}

void member_tail(struct member *member, enum topic topic, bool from_start)
{
	struct err err;
	bool ok = bus_tail(member->bus, topic, from_start, on_tail, member, &err);
	ck_assert_msg(ok, "%s", ok ? "" : err.text);
}

void member_read_back(struct member *member, enum topic topic, int32_t partition, int64_t since_us)
{
	bus_read_back(member->bus, topic, partition, since_us, on_tail, on_read_back, member);
}
