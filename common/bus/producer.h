/*
 * The producer: idempotent, acks=all. Every message is kept until it is acknowledged, so that a producer with a fatal
 * error can be replaced. Private to bus.
 */
#ifndef BUS_PRODUCER_H
#define BUS_PRODUCER_H

#include <librdkafka/rdkafka.h>

#include "bus/bus.h"
#include "bus/client.h"

struct producer;

/* A message as it goes out. Texts and body are copied; headers are taken. */
struct producer_message {
	enum topic topic;
	const void *key;
	size_t key_len;
	int32_t partition; /* -1: by the key */
	rd_kafka_headers_t *headers;
	const void *body;
	size_t len;
};

bool producer_create(struct bus *bus, struct producer **producer, struct err *err) MUST_CHECK;
/* Waits at most timeout_ms for acknowledgements. */
void producer_flush(struct producer *producer, int timeout_ms);
/* What is not acknowledged fails with ERR_UNAVAILABLE. NULL is allowed. */
void producer_destroy(struct producer *producer);
/* Is there room for a further message of len bytes? Dead letters go in regardless: they are bounded by deliveries. */
bool producer_has_room(const struct producer *producer, size_t len);
/* Queues it; the outcome comes through ack (NULL allowed). */
void producer_send(struct producer *producer, const struct producer_message *message, bus_ack_fn *ack, void *arg);
size_t producer_pending(const struct producer *producer);
const struct client *producer_client(const struct producer *producer);

#endif
