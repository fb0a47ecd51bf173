/*
 * Kafka through librdkafka, on the process's event loop (rd_kafka_queue_io_event_enable).
 *
 * Delivery is at least once. A record is handed to its topic's handler, which ends the delivery by exactly one of
 * bus_done, bus_dead_letter, bus_retry, now or later. Offsets are committed only when everything up to them has ended;
 * the commit's metadata carries the finished offsets above (run-length), so that a new owner skips those. In flight per
 * partition is bounded, then it pauses.
 *
 * Records without a right authentication code, or which do not unpack, never reach a handler: they are dead-lettered. A
 * record with a greater min_reader pauses its partition and makes the process not ready.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <event2/event.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "bus/record.h"
#include "bus/topic.h"

struct bus;
struct bus_delivery;

#define BUS_IN_FLIGHT_MAX 256 /* per partition */

struct bus_conf {
	enum service_id service;
	const char *brokers;           /* "host:port,..." */
	const char *group_instance_id; /* NULL: dynamic membership */
	const char *security_protocol; /* "plaintext", "ssl", "sasl_ssl", "sasl_plaintext" */
	const char *sasl_mechanism;    /* NULL unless sasl */
	const char *sasl_username, *sasl_password;
	const char *ca_file, *certificate_file, *key_file; /* NULL: none */
	int64_t produce_timeout_ms; /* what is not acknowledged by then fails with ERR_UNAVAILABLE; 0: retried for ever
				     */
	struct mac_keys mac_keys[MAC_PAIR_COUNT];
};

/* message is NULL for topics that are not protobuf. Both live until the delivery ends. */
typedef void bus_handler_fn(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context);

struct bus_handler {
	enum topic topic;
	bus_handler_fn *handle;
};

/*
 * Partitions of the handlers' topics come and go. assigned may call bus_hold to start a partition paused. After revoked
 * the partition's deliveries are void: ending one is allowed and does nothing, but the service drops its work for it.
 */
struct bus_callbacks {
	void (*assigned)(enum topic topic, int32_t partition, void *context); /* NULL allowed */
	void (*revoked)(enum topic topic, int32_t partition, void *context);  /* NULL allowed */
	void (*ready_changed)(bool ready, void *context);                     /* NULL allowed */
};

/*
 * Connects in the background. The service may read the handlers' topics and write its row's topics, else ERR_INTERNAL;
 * handlers form one subscription in the group "releasepassport.<service>" with the range assignor. ERR_CONFIG names a
 * setting that librdkafka refuses.
 */
bool bus_create(struct event_base *base, const struct bus_conf *conf, const struct bus_handler *handlers,
	size_t handler_count, const struct bus_callbacks *callbacks, void *context, struct bus **bus,
	struct err *err) MUST_CHECK;
/* Flushes for at most flush_ms, leaves the group after a last commit, frees; deliveries not ended are freed too. */
void bus_destroy(struct bus *bus, int flush_ms);

/*
 * Are brokers reachable, the producer warm (metadata of its topics, producer id), all partitions assigned and tails
 * positioned, partition counts as they must be (one where the table says one, equal where co-partitioned), and no
 * partition stopped by a newer record? reason says what is missing (static text or one that lives until the next call).
 */
bool bus_is_ready(const struct bus *bus, const char **reason);
/* Are the brokers reachable as far as we know right now? */
bool bus_is_connected(const struct bus *bus);

/* The keys that this process holds for a pair: for records that travel inside others. */
const struct mac_keys *bus_mac_keys(const struct bus *bus, enum mac_pair pair);

/* --- ending a delivery --- */

/* The record has had its effect. */
void bus_done(struct bus_delivery *delivery);
/* It never can: the record goes to dead-letters with the reason (topic, partition, offset, error kind and text as
 * headers), and counts as ended when that is acknowledged. */
void bus_dead_letter(struct bus_delivery *delivery, const struct err *why);
/* It can't now: the partition pauses and the record is handed again after delay_ms. */
void bus_retry(struct bus_delivery *delivery, int delay_ms);
/* Has the partition been taken away since? */
bool bus_is_void(const struct bus_delivery *delivery);

/* --- flow --- */

/* Starts, stops the partition's records (nested calls do not count). For assigned and for dependencies away. */
void bus_hold(struct bus *bus, enum topic topic, int32_t partition);
void bus_release(struct bus *bus, enum topic topic, int32_t partition);
/* The same for every partition of all handlers: a dependency is away. */
void bus_hold_all(struct bus *bus);
void bus_release_all(struct bus *bus);
/* Takes no new records; what is in flight may end. For drain. */
void bus_drain(struct bus *bus);
/* Deliveries not ended plus records not acknowledged. */
size_t bus_pending(const struct bus *bus);

/* --- producing --- */

struct bus_message {
	enum topic topic;
	const char *key;
	int32_t partition; /* -1: by the key */
	const char *ce_id; /* deterministic: a repeat has the same */
	int64_t ce_time_us;
	const char *traceparent;         /* NULL: none */
	const ProtobufCMessage *message; /* or, if NULL, body */
	const void *body;
	size_t len;
};

/*
 * The outcome, exactly once, never from within bus_produce: ok, or an error (ERR_UNAVAILABLE: the same call may be made
 * again). At the latest from bus_destroy, which fails what is not acknowledged.
 */
typedef void bus_ack_fn(bool ok, const struct err *err, void *arg);

/*
 * Produces (idempotent, acks=all); message and texts are copied. ack may be NULL. ERR_UNAVAILABLE: the queue is full;
 * ERR_TOO_LARGE: more than RECORD_MAX_BYTES; ERR_INTERNAL: not in the service's row.
 */
bool bus_produce(
	struct bus *bus, const struct bus_message *message, bus_ack_fn *ack, void *arg, struct err *err) MUST_CHECK;

/* --- reading without a group --- */

typedef void bus_tail_fn(const struct bus_record *record, const ProtobufCMessage *message, void *context);

/*
 * Follows all partitions of a topic from its present end (or, with from_start, from its first record), for ever. The
 * bus is ready when each partition's end has been reached once; positions survive reconnects, new partitions are found
 * within 10 s. Records that can't be read are counted and skipped; one with a greater min_reader stops its partition
 * and makes the process not ready. One tail a topic. Call right after bus_create.
 */
bool bus_tail(struct bus *bus, enum topic topic, bool from_start, bus_tail_fn *handle, void *context,
	struct err *err) MUST_CHECK;

/* Called once, never from within bus_read_back, with ok false if the partition, or a record that wants a newer
 * reader, could not be read (retry). */
typedef void bus_read_back_done_fn(bool ok, void *context);

/*
 * Reads one partition from the first record that was written at or after since_us (0: from its first) up to the end
 * that it has now, then calls done. A second one for the same partition waits for the first.
 */
void bus_read_back(struct bus *bus, enum topic topic, int32_t partition, int64_t since_us, bus_tail_fn *handle,
	bus_read_back_done_fn *done, void *context);

#endif
