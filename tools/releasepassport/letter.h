/* A dead letter: a record that could not be handled, with the reason in its headers (bus/deadletter.h). */
#ifndef RELEASEPASSPORT_LETTER_H
#define RELEASEPASSPORT_LETTER_H

#include <json-c/json_object.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "kafka.h"

/* Texts lie in the arena; "" where the header is missing. */
struct letter {
	int64_t offset, time_ms;
	const char *topic; /* where the record was */
	int32_t partition; /* -1: not stated */
	const char *original_offset, *kind, *reason, *service, *dead_at;
	bool cut; /* the value was left out */
};

/* What the message says. */
void letter_read(const rd_kafka_message_t *message, struct arena *arena, struct letter *letter);
/* As JSON without the record's value and headers; the caller's. */
struct json_object *letter_json(const struct letter *letter);
/* The record itself: key, value and headers, as text where they are text, else in base64. Adds members to object. */
void letter_add_record(const rd_kafka_message_t *message, struct json_object *object);
/* The headers that the record had before it died; rd_kafka_headers_destroy. */
rd_kafka_headers_t *letter_original_headers(const rd_kafka_message_t *message);

#endif
