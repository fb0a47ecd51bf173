/* The bus against a real Kafka: delivery, commits, rebalances, poison, outages, reading without a group. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "broker.h"
#include "bus/producer.h"
#include "bus/state.h"
#include "member.h"

static const enum topic no_topics[] = { TOPIC_COUNT };
static const enum topic gate_requests[] = { TOPIC_GATE_REQUESTS, TOPIC_COUNT };
static const enum topic passports[] = { TOPIC_PASSPORTS, TOPIC_COUNT };

#define EVALUATOR_GROUP "releasepassport.evaluator"

static struct member *gateway_create(void)
{
	struct member *gateway = member_create(SERVICE_API_GATEWAY, no_topics, NULL);
	ck_assert(member_wait_ready(gateway, 15000));
	return gateway;
}

static struct member *evaluator_create(member_record_fn *on_record)
{
	return member_create(SERVICE_EVALUATOR, gate_requests, on_record);
}

static void send_all(struct member *gateway, int32_t partition, const char *prefix, int first, int count)
{
	int before = gateway->acked;
	for (int i = first; i < first + count; i++) {
		/* The queue is bounded. */
		while (bus_pending(gateway->bus) >= 5000)
			member_run(gateway, 10);
		member_send(gateway, partition, prefix, i);
	}
	ck_assert(member_wait(gateway, &gateway->acked, before + count, 20000));
}

static void keep(struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index)
{
	(void)member;
	(void)delivery;
	(void)record;
	(void)index;
}

static int64_t committed(enum topic topic, int32_t partition)
{
	char metadata[4200];
	return broker_committed(EVALUATOR_GROUP, topic, partition, metadata);
}

START_TEST(test_bus__commits_what_was_handled)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(NULL);
	send_all(gateway, 0, "a", 0, 10);
	ck_assert(member_wait(evaluator, &evaluator->handed, 10, 15000));
	for (int i = 0; i < 10; i++) {
		char id[24];
		snprintf(id, sizeof(id), "a%d", i);
		ck_assert_str_eq(evaluator->ids[i], id);
	}
	ck_assert(member_wait_ready(evaluator, 10000));
	member_run(evaluator, 200);
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), 10);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

static bool has(const struct member *member, const char *id)
{
	for (int i = 0; i < member->handed; i++)
		if (strcmp(member->ids[i], id) == 0)
			return true;
	return false;
}

START_TEST(test_bus__a_new_owner_skips_what_was_finished_above_a_gap)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(keep);
	send_all(gateway, 0, "b", 0, 10);
	ck_assert(member_wait(evaluator, &evaluator->handed, 10, 15000));
	for (int i = 0; i < 10; i++)
		if (i != 3 && i != 7)
			bus_done(evaluator->deliveries[i]);
	member_run(evaluator, 300);
	member_destroy(evaluator);
	char metadata[4200];
	ck_assert_int_eq(broker_committed(EVALUATOR_GROUP, TOPIC_GATE_REQUESTS, 0, metadata), 3);
	ck_assert_str_ne(metadata, "");

	evaluator = evaluator_create(NULL);
	ck_assert(member_wait(evaluator, &evaluator->handed, 2, 15000));
	send_all(gateway, 0, "b", 10, 1);
	ck_assert(member_wait(evaluator, &evaluator->handed, 3, 5000));
	member_run(evaluator, 300);
	ck_assert_int_eq(evaluator->handed, 3);
	ck_assert_str_eq(evaluator->ids[0], "b3");
	ck_assert_str_eq(evaluator->ids[1], "b7");
	ck_assert_str_eq(evaluator->ids[2], "b10");
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), 11);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

/* Two loops in turn. */
static bool wait_both(struct member *a, struct member *b, int total, int timeout_ms)
{
	int64_t end_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	while (a->handed + b->handed < total && clock_mono_us() < end_us) {
		member_run(a, 5);
		member_run(b, 5);
	}
	return a->handed + b->handed >= total;
}

static void done_and_void(
	struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index)
{
	(void)record;
	(void)index;
	ck_assert(!bus_is_void(delivery));
	(void)member;
	bus_done(delivery);
}

START_TEST(test_bus__two_members_share_the_partitions)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *one = evaluator_create(done_and_void);
	for (int i = 0; i < 6; i++)
		send_all(gateway, i, "c", 100 * i, 20);
	ck_assert(member_wait(one, &one->handed, 120, 15000));
	member_run(one, 200);
	struct member *two = evaluator_create(done_and_void);
	int64_t end_us = clock_mono_us() + 20000000;
	while (two->assigned == 0 && clock_mono_us() < end_us) {
		member_run(one, 5);
		member_run(two, 5);
	}
	ck_assert_int_eq(two->assigned, 3);
	ck_assert_int_eq(one->revoked, 6);
	for (int i = 0; i < 6; i++)
		send_all(gateway, i, "d", 100 * i, 20);
	ck_assert(wait_both(one, two, 240, 15000));
	member_run(one, 100);
	member_run(two, 100);
	/* All that was finished was committed before the partitions moved. */
	ck_assert_int_eq(one->handed + two->handed, 240);
	ck_assert_int_eq(two->handed, 60);
	member_destroy(two);
	end_us = clock_mono_us() + 20000000;
	while (one->assigned < 6 + 3 + 6 && clock_mono_us() < end_us)
		member_run(one, 5);
	send_all(gateway, 5, "e", 0, 5);
	ck_assert(member_wait(one, &one->handed, 185, 15000));
	member_destroy(one);
	member_destroy(gateway);
}
END_TEST

START_TEST(test_bus__deliveries_of_a_lost_partition_are_void)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *one = evaluator_create(keep);
	for (int i = 0; i < 6; i++)
		send_all(gateway, i, "f", i, 1);
	ck_assert(member_wait(one, &one->handed, 6, 15000));
	struct member *two = evaluator_create(NULL);
	ck_assert(wait_both(one, two, 12, 20000)); /* each is handed again, three to each */
	ck_assert_int_eq(two->handed, 3);
	for (int i = 0; i < 6; i++) {
		ck_assert(bus_is_void(one->deliveries[i]));
		bus_done(one->deliveries[i]);
	}
	ck_assert_uint_eq(bus_pending(one->bus), 3);
	for (int i = 6; i < 9; i++)
		bus_done(one->deliveries[i]);
	ck_assert_uint_eq(bus_pending(one->bus), 0);
	member_destroy(two);
	member_destroy(one);
	member_destroy(gateway);
}
END_TEST

static void check_dead_letter(const char *body, enum topic topic, const char *offset, const char *kind, const char *id)
{
	char found[256];
	struct broker_found headers[] = { { .name = "rp_dead_topic" }, { .name = "rp_dead_partition" },
		{ .name = "rp_dead_offset" }, { .name = "rp_dead_kind" }, { .name = "rp_dead_service" },
		{ .name = "rp_dead_time" }, { .name = "rp_dead_reason" }, { .name = "ce_id" }, { 0 } };
	ck_assert(broker_read_last(TOPIC_DEAD_LETTERS, 0, found, sizeof(found), headers));
	if (body != NULL)
		ck_assert_str_eq(found, body);
	ck_assert_str_eq(headers[0].value, topic_info(topic)->name);
	ck_assert_str_eq(headers[1].value, "0");
	ck_assert_str_eq(headers[2].value, offset);
	ck_assert_str_eq(headers[3].value, kind);
	ck_assert_str_ne(headers[4].value, "");
	ck_assert_str_ne(headers[5].value, "");
	ck_assert_str_ne(headers[6].value, "");
	ck_assert_str_eq(headers[7].value, id);
}

START_TEST(test_bus__poison_goes_to_the_dead_letters_and_the_partition_goes_on)
{
	broker_reset(6);
	struct member *signer = member_create(SERVICE_SIGNER, no_topics, NULL);
	struct member *writer = member_create(SERVICE_AUDIT_WRITER, passports, NULL);
	ck_assert(member_wait_ready(signer, 15000));
	const struct broker_header headers[] = { { "ce_specversion", "1.0" }, { "ce_id", "poison" },
		{ "ce_type", "dev.releasepassport.passport.v1" }, { "ce_time", "2026-05-17T10:12:00Z" }, { 0 } };
	broker_write(TOPIC_PASSPORTS, 0, "k", "\xff not protobuf", headers);
	broker_write(TOPIC_PASSPORTS, 0, "k", "no headers", &(struct broker_header){ 0 });
	member_send_passport(signer, 0, "g", 0);
	ck_assert(member_wait(signer, &signer->acked, 1, 5000));
	ck_assert(member_wait(writer, &writer->handed, 1, 15000));
	ck_assert_str_eq(writer->ids[0], "g0");
	member_run(writer, 500);
	ck_assert_int_eq(broker_end(TOPIC_DEAD_LETTERS, 0), 2);
	check_dead_letter("no headers", TOPIC_PASSPORTS, "1", "invalid-request", "");
	char metadata[4200];
	ck_assert_int_eq(broker_committed("releasepassport.audit-writer", TOPIC_PASSPORTS, 0, metadata), 3);
	member_destroy(writer);
	member_destroy(signer);
}
END_TEST

START_TEST(test_bus__a_wrong_authentication_code_goes_to_the_dead_letters)
{
	broker_reset(6);
	struct member *gateway = gateway_create();
	struct member *intruder = member_create_with_key(SERVICE_API_GATEWAY, no_topics, NULL, 66);
	struct member *evaluator = evaluator_create(NULL);
	send_all(intruder, 0, "forged", 0, 1);
	send_all(gateway, 0, "h", 0, 1);
	ck_assert(member_wait(evaluator, &evaluator->handed, 1, 15000));
	ck_assert_str_eq(evaluator->ids[0], "h0");
	member_run(evaluator, 300);
	ck_assert_int_eq(evaluator->handed, 1);
	check_dead_letter(NULL, TOPIC_GATE_REQUESTS, "0", "unverified", "forged0");
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), 2);
	member_destroy(evaluator);
	member_destroy(intruder);
	member_destroy(gateway);
}
END_TEST

START_TEST(test_bus__a_held_partition_starts_when_it_is_released)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(NULL);
	evaluator->hold_new = true;
	send_all(gateway, 0, "i", 0, 500);
	ck_assert(member_wait(evaluator, &evaluator->assigned, 6, 15000));
	member_run(evaluator, 500);
	ck_assert_int_eq(evaluator->handed, 0);
	bus_release(evaluator->bus, TOPIC_GATE_REQUESTS, 0);
	ck_assert(member_wait(evaluator, &evaluator->handed, 500, 5000));
	bus_hold_all(evaluator->bus);
	send_all(gateway, 0, "i", 500, 500);
	member_run(evaluator, 300);
	ck_assert_int_eq(evaluator->handed, 500);
	bus_release_all(evaluator->bus);
	ck_assert(member_wait(evaluator, &evaluator->handed, 1000, 5000));
	member_run(evaluator, 200);
	ck_assert_int_eq(evaluator->handed, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(atoi(evaluator->ids[i] + 1), i);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

static void retry_each_once(
	struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index)
{
	(void)record;
	/* Of two handings of the same record the first is in vain. */
	if (index == 0 || strcmp(member->ids[index - 1], member->ids[index]) != 0)
		bus_retry(delivery, 5);
	else
		bus_done(delivery);
}

START_TEST(test_bus__a_retry_keeps_the_order)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(retry_each_once);
	send_all(gateway, 0, "j", 0, 50);
	ck_assert(member_wait(evaluator, &evaluator->handed, 100, 15000));
	member_run(evaluator, 300);
	ck_assert_int_eq(evaluator->handed, 100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(atoi(evaluator->ids[i] + 1), i / 2);
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), 50);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

/* Ends records a little later and in another order, so that the bound is met again and again. */
static void finish_later(evutil_socket_t fd, short what, void *arg)
{
	struct member *member = arg;
	(void)fd;
	(void)what;
	for (int i = 0; i < 1024; i++) {
		int mixed = (i * 389) % 1024;
		if (member->deliveries[mixed] == NULL)
			continue;
		bus_done(member->deliveries[mixed]);
		member->deliveries[mixed] = NULL;
	}
}

static void keep_in_ring(
	struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index)
{
	(void)record;
	if (index >= 1024)
		ck_assert_ptr_null(member->deliveries[index % 1024]);
	member->deliveries[index % 1024] = delivery;
	int in_flight = 0;
	for (int i = 0; i < 1024; i++)
		in_flight += member->deliveries[i] != NULL;
	ck_assert_int_le(in_flight, BUS_IN_FLIGHT_MAX);
}

START_TEST(test_bus__nothing_is_lost_or_reordered_when_the_bound_is_met)
{
	enum { COUNT = 30000 };
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(keep_in_ring);
	send_all(gateway, 0, "k", 0, COUNT);
	struct event *later = event_new(evaluator->base, -1, EV_PERSIST, finish_later, evaluator);
	event_add(later, &(struct timeval){ .tv_usec = 3000 });
	ck_assert(member_wait(evaluator, &evaluator->handed, COUNT, 60000));
	member_run(evaluator, 300);
	ck_assert_int_eq(evaluator->handed, COUNT);
	for (int i = 0; i < COUNT; i++)
		ck_assert_int_eq(atoi(evaluator->ids[i] + 1), i);
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), COUNT);
	event_free(later);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

START_TEST(test_bus__goes_on_after_an_outage)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(NULL);
	send_all(gateway, 0, "l", 0, 5);
	ck_assert(member_wait(evaluator, &evaluator->handed, 5, 15000));
	ck_assert(member_wait_ready(evaluator, 10000));
	broker_halt();
	member_run(gateway, 1500);
	member_run(evaluator, 1500);
	ck_assert(!bus_is_connected(gateway->bus));
	ck_assert(!bus_is_ready(evaluator->bus, NULL));
	for (int i = 5; i < 10; i++)
		member_send(gateway, 0, "l", i);
	broker_resume();
	ck_assert(member_wait(gateway, &gateway->acked, 10, 30000));
	ck_assert(member_wait(evaluator, &evaluator->handed, 10, 30000));
	ck_assert(member_wait_ready(evaluator, 10000));
	ck_assert(has(evaluator, "l9"));
	member_run(evaluator, 300);
	ck_assert_int_eq(committed(TOPIC_GATE_REQUESTS, 0), 10);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

START_TEST(test_bus__a_tail_begins_at_the_end_and_misses_nothing)
{
	broker_reset(6);
	struct member *signer = member_create(SERVICE_SIGNER, no_topics, NULL);
	ck_assert(member_wait_ready(signer, 15000));
	member_send_passport(signer, 2, "before", 0);
	ck_assert(member_wait(signer, &signer->acked, 1, 5000));
	struct member *writer = member_create(SERVICE_AUDIT_WRITER, no_topics, NULL);
	member_tail(writer, TOPIC_PASSPORTS, false);
	ck_assert(member_wait_ready(writer, 15000));
	for (int i = 0; i < 60; i++)
		member_send_passport(signer, i % 6, "m", i);
	ck_assert(member_wait(signer, &signer->acked, 61, 5000));
	ck_assert(member_wait(writer, &writer->handed, 60, 10000));
	ck_assert(!has(writer, "before0"));
	struct member *all = member_create(SERVICE_AUDIT_WRITER, no_topics, NULL);
	member_tail(all, TOPIC_PASSPORTS, true);
	ck_assert(member_wait_ready(all, 15000));
	ck_assert_int_eq(all->handed, 61);
	member_destroy(all);
	member_destroy(writer);
	member_destroy(signer);
}
END_TEST

START_TEST(test_bus__reads_a_partition_back)
{
	broker_reset(6);
	struct member *signer = member_create(SERVICE_SIGNER, no_topics, NULL);
	ck_assert(member_wait_ready(signer, 15000));
	for (int i = 0; i < 300; i++)
		member_send_passport(signer, 4, "n", i);
	ck_assert(member_wait(signer, &signer->acked, 300, 10000));
	usleep(20000);
	int64_t middle_us = clock_now_us();
	usleep(20000);
	for (int i = 300; i < 400; i++)
		member_send_passport(signer, 4, "n", i);
	ck_assert(member_wait(signer, &signer->acked, 400, 10000));
	member_read_back(signer, TOPIC_PASSPORTS, 4, 0);
	member_read_back(signer, TOPIC_PASSPORTS, 4, middle_us);
	ck_assert(member_wait(signer, &signer->read_back, 1, 10000));
	ck_assert(signer->read_back_ok);
	ck_assert_int_eq(signer->handed, 400);
	ck_assert(member_wait(signer, &signer->read_back, 2, 10000));
	ck_assert(signer->read_back_ok);
	ck_assert_int_eq(signer->handed, 500);
	ck_assert_str_eq(signer->ids[400], "n300");
	/* Nothing there, and nothing since. */
	member_read_back(signer, TOPIC_PASSPORTS, 1, 0);
	member_read_back(signer, TOPIC_PASSPORTS, 4, clock_now_us());
	ck_assert(member_wait(signer, &signer->read_back, 4, 10000));
	ck_assert(signer->read_back_ok);
	ck_assert_int_eq(signer->handed, 500);
	member_destroy(signer);
}
END_TEST

START_TEST(test_bus__unequal_partition_counts_are_not_ready)
{
	const char *reason = "";
	broker_reset(4);
	struct member *evaluator = member_create(
		SERVICE_EVALUATOR, (enum topic[]){ TOPIC_GATE_REQUESTS, TOPIC_EVIDENCE_FACTS, TOPIC_COUNT }, NULL);
	ck_assert(member_wait(evaluator, &evaluator->assigned, 10, 15000));
	member_run(evaluator, 1500);
	ck_assert(!bus_is_ready(evaluator->bus, &reason));
	ck_assert_ptr_nonnull(strstr(reason, "equally many"));
	member_destroy(evaluator);
}
END_TEST

START_TEST(test_bus__a_record_for_a_newer_reader_waits_for_it)
{
	const char *reason = "";
	broker_reset(6);
	struct member *signer = member_create(SERVICE_SIGNER, no_topics, NULL);
	struct member *writer = member_create(SERVICE_AUDIT_WRITER, passports, NULL);
	ck_assert(member_wait_ready(signer, 15000));
	ck_assert(member_wait_ready(writer, 15000));
	member_send_passport(signer, 0, "before", 0);
	ck_assert(member_wait(signer, &signer->acked, 1, 5000));
	const struct broker_header headers[] = { { "ce_specversion", "1.0" }, { "ce_id", "newer" },
		{ "ce_type", "dev.releasepassport.passport.v1" }, { "ce_time", "2026-05-17T10:12:00Z" }, { 0 } };
	broker_write(TOPIC_PASSPORTS, 0, "k", "\x08\x02", headers);
	member_send_passport(signer, 0, "after", 0);
	member_send_passport(signer, 1, "other", 0);
	ck_assert(member_wait(signer, &signer->acked, 3, 5000));
	ck_assert(member_wait(writer, &writer->handed, 2, 10000));
	member_run(writer, 500);
	ck_assert_int_eq(writer->handed, 2);
	ck_assert(has(writer, "before0"));
	ck_assert(has(writer, "other0"));
	ck_assert(!bus_is_ready(writer->bus, &reason));
	ck_assert_ptr_nonnull(strstr(reason, "newer"));
	char metadata[4200];
	ck_assert_int_eq(broker_committed("releasepassport.audit-writer", TOPIC_PASSPORTS, 0, metadata), 1);
	ck_assert_int_eq(broker_end(TOPIC_DEAD_LETTERS, 0), 0);
	member_destroy(writer);
	member_destroy(signer);
}
END_TEST

/* A value that Kafka takes alone and not together with the headers of a dead letter. */
START_TEST(test_bus__a_dead_letter_that_is_too_large_goes_without_its_value)
{
	broker_reset(6);
	struct member *writer = member_create(SERVICE_AUDIT_WRITER, passports, NULL);
	struct buf body = { 0 };
	while (body.len < 1048588 - 150)
		buf_append_char(&body, 'x');
	const struct broker_header headers[] = { { "ce_id", "large" }, { 0 } };
	broker_write(TOPIC_PASSPORTS, 0, "k", buf_str(&body), headers);
	buf_finish(&body);
	ck_assert(member_wait_ready(writer, 15000));
	int64_t end_us = clock_mono_us() + 10 * CLOCK_US_PER_S;
	while (broker_end(TOPIC_DEAD_LETTERS, 0) == 0 && clock_mono_us() < end_us)
		member_run(writer, 50);
	check_dead_letter("", TOPIC_PASSPORTS, "0", "too-large", "large");
	member_destroy(writer);
}
END_TEST

START_TEST(test_bus__a_producer_with_a_fatal_error_is_replaced)
{
	broker_reset(6);
	struct member *gateway = gateway_create(), *evaluator = evaluator_create(NULL);
	send_all(gateway, 0, "o", 0, 5);
	ck_assert(member_wait(evaluator, &evaluator->handed, 5, 15000));
	member_run(evaluator, 300); /* commits */
	broker_halt();
	for (int i = 5; i < 10; i++)
		member_send(gateway, 0, "o", i);
	member_run(gateway, 200);
	rd_kafka_test_fatal_error(producer_client(gateway->bus->producer)->rk,
		RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "injected");
	for (int i = 10; i < 15; i++)
		member_send(gateway, 0, "o", i);
	member_run(gateway, 200);
	broker_resume();
	ck_assert(member_wait(gateway, &gateway->acked, 15, 30000));
	ck_assert_int_eq(gateway->failed, 0);
	ck_assert(member_wait(evaluator, &evaluator->handed, 15, 30000));
	for (int i = 0; i < 15; i++)
		ck_assert_int_eq(atoi(evaluator->ids[i] + 1), i);
	member_destroy(evaluator);
	member_destroy(gateway);
}
END_TEST

START_TEST(test_bus__what_can_not_be_produced_in_time_fails)
{
	broker_reset(6);
	struct member *gateway = member_create_with_timeout(SERVICE_API_GATEWAY, 1000);
	ck_assert(member_wait_ready(gateway, 15000));
	broker_halt();
	for (int i = 0; i < 5; i++)
		member_send(gateway, 0, "p", i);
	ck_assert(member_wait(gateway, &gateway->failed, 5, 5000));
	ck_assert_int_eq(gateway->acked, 0);
	ck_assert_int_eq(gateway->last_err.kind, ERR_UNAVAILABLE);
	ck_assert_uint_eq(bus_pending(gateway->bus), 0);
	broker_resume();
	member_send(gateway, 0, "p", 5);
	ck_assert(member_wait(gateway, &gateway->acked, 1, 5000) || member_wait(gateway, &gateway->failed, 6, 1));
	ck_assert(member_wait_ready(gateway, 15000));
	member_send(gateway, 0, "p", 6);
	ck_assert(member_wait(gateway, &gateway->acked, 1, 5000));
	member_destroy(gateway);
}
END_TEST

/* Keeps up to a whole round of deliveries, and ends them all now and then. */
static struct {
	struct bus_delivery *deliveries[8192];
	int count;
} kept;

static void keep_for_round(
	struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index)
{
	(void)member;
	(void)record;
	(void)index;
	ck_assert_int_lt(kept.count, 8192);
	kept.deliveries[kept.count++] = delivery;
}

static void finish_round(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	/* The last first. */
	while (kept.count > 0)
		bus_done(kept.deliveries[--kept.count]);
}

static int count_distinct(const struct member *member, int *from, bool *seen)
{
	int distinct = 0;
	for (; *from < member->handed; (*from)++) {
		int number = atoi(member->ids[*from] + 1);
		distinct += !seen[number];
		seen[number] = true;
	}
	return distinct;
}

START_TEST(test_bus__nothing_is_lost_while_partitions_wander)
{
	enum { EACH = 2000 };
	static bool seen[6 * EACH];
	kept.count = 0;
	broker_reset(6);
	struct member *gateway = gateway_create(), *one = evaluator_create(keep_for_round), *two = NULL;
	struct event *round = event_new(one->base, -1, EV_PERSIST, finish_round, NULL);
	event_add(round, &(struct timeval){ .tv_usec = 600000 });
	for (int i = 0; i < 6; i++)
		send_all(gateway, i, "q", EACH * i, EACH);
	int distinct = 0, from_one = 0, from_two = 0;
	int64_t end_us = clock_mono_us() + 60 * CLOCK_US_PER_S;
	while (distinct < 6 * EACH && clock_mono_us() < end_us) {
		member_run(one, 3);
		distinct += count_distinct(one, &from_one, seen);
		if (two == NULL && one->handed > 0)
			two = evaluator_create(NULL);
		if (two == NULL)
			continue;
		member_run(two, 3);
		distinct += count_distinct(two, &from_two, seen);
	}
	ck_assert_int_eq(distinct, 6 * EACH);
	ck_assert_int_gt(two->handed, 0);
	/* What is handed twice is at most what was in flight when the partitions went. */
	ck_assert_int_le(one->handed + two->handed, 6 * EACH + 6 * BUS_IN_FLIGHT_MAX);
	event_free(round);
	member_destroy(two);
	member_destroy(one);
	member_destroy(gateway);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		test_bus__commits_what_was_handled,
		test_bus__a_new_owner_skips_what_was_finished_above_a_gap,
		test_bus__two_members_share_the_partitions,
		test_bus__deliveries_of_a_lost_partition_are_void,
		test_bus__poison_goes_to_the_dead_letters_and_the_partition_goes_on,
		test_bus__a_wrong_authentication_code_goes_to_the_dead_letters,
		test_bus__a_held_partition_starts_when_it_is_released,
		test_bus__a_retry_keeps_the_order,
		test_bus__nothing_is_lost_or_reordered_when_the_bound_is_met,
		test_bus__goes_on_after_an_outage,
		test_bus__a_tail_begins_at_the_end_and_misses_nothing,
		test_bus__reads_a_partition_back,
		test_bus__unequal_partition_counts_are_not_ready,
		test_bus__a_record_for_a_newer_reader_waits_for_it,
		test_bus__a_dead_letter_that_is_too_large_goes_without_its_value,
		test_bus__a_producer_with_a_fatal_error_is_replaced,
		test_bus__what_can_not_be_produced_in_time_fails,
		test_bus__nothing_is_lost_while_partitions_wander,
	};
	broker_start();
	int status = unit_run("integration/bus", tests, ARRAY_SIZE(tests));
	broker_stop();
	return status;
}
