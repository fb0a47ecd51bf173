/* A bus under test on a loop of its own, and what was handed to it. */
#ifndef TESTS_INTEGRATION_BUS_MEMBER_H
#define TESTS_INTEGRATION_BUS_MEMBER_H

#include <event2/event.h>

#include "bus/bus.h"

#define MEMBER_RECORDS_MAX 40000

struct member;

/* What a test does with a delivery; NULL: bus_done at once. */
typedef void member_record_fn(
	struct member *member, struct bus_delivery *delivery, const struct bus_record *record, int index);

struct member {
	enum service_id service;
	struct event_base *base;
	struct bus *bus;
	member_record_fn *on_record;
	void *arg;
	int handed; /* to handlers, or to tails and read-backs */
	char (*ids)[24];
	struct bus_delivery *deliveries[1024]; /* the first, as far as a test keeps them */
	int assigned, revoked, acked, failed, read_back;
	bool read_back_ok;
	bool hold_new;
	struct err last_err;
};

/* A service with handlers for topics (at most 4, TOPIC_COUNT at the end). */
struct member *member_create(enum service_id service, const enum topic *topics, member_record_fn *on_record);
/* The same with another key for every pair. */
struct member *member_create_with_key(
	enum service_id service, const enum topic *topics, member_record_fn *on_record, uint8_t key);
/* No handlers, and what is not acknowledged in time fails. */
struct member *member_create_with_timeout(enum service_id service, int64_t produce_timeout_ms);
void member_destroy(struct member *member);
/* Turns the loop until the counter is at least value; false after timeout_ms. */
bool member_wait(struct member *member, const int *counter, int value, int timeout_ms);
bool member_wait_ready(struct member *member, int timeout_ms);
/* Turns the loop for so long. */
void member_run(struct member *member, int ms);
/* A gate request in partition 0 (or -1: by its key) whose ce_id and evaluation_id are "<prefix><number>". */
void member_send(struct member *member, int32_t partition, const char *prefix, int number);
/* The same as passport, which has no authentication code. */
void member_send_passport(struct member *member, int32_t partition, const char *prefix, int number);
void member_tail(struct member *member, enum topic topic, bool from_start);
void member_read_back(struct member *member, enum topic topic, int32_t partition, int64_t since_us);

#endif
