/*
 * A record as it lies on a topic: CloudEvents binary-mode headers (Kafka protocol binding 1.0.2), the authentication
 * code, and the checks that every protobuf value passes before a handler sees it.
 */
#ifndef BUS_RECORD_H
#define BUS_RECORD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "bus/topic.h"
#include "crypto/hash.h"

#define RECORD_MAX_BYTES 900000
/* The protocol version that this build reads and writes; a record with a greater min_reader waits for a newer reader.
 */
#define RECORD_READER_VERSION 1

struct bus_record {
	enum topic topic;
	int32_t partition;
	int64_t offset;
	const char *key; /* "" if there is none */
	const char *ce_id;
	int64_t ce_time_us;      /* of the event, not of the sending */
	const char *traceparent; /* "" if there is none */
	const void *body;
	size_t len;
	const uint8_t *mac; /* SHA256_SIZE bytes, NULL if there is none */
};

/* A secret shared by two services: the first key authenticates, all verify (rotation). */
struct mac_keys {
	uint8_t keys[2][SHA256_SIZE];
	size_t count; /* 0: this process does not hold the pair's key */
};

/* Reads one or two keys of 64 hex digits, separated by white space. ERR_CONFIG. */
bool mac_keys_parse(const char *text, struct mac_keys *keys, struct err *err) MUST_CHECK;

/* HMAC-SHA256 over topic name, key, ce_id, ce_time (RFC 3339 text) and body, each framed by its length. */
void record_mac(const uint8_t key[SHA256_SIZE], const struct bus_record *record, uint8_t mac[SHA256_SIZE]);
/* Does record->mac hold under one of the keys? In constant time. */
bool record_mac_holds(const struct mac_keys *keys, const struct bus_record *record);

/*
 * Unpacks a protobuf value and checks it: size, min_reader if the message has one, depth, UTF-8 of every string without
 * U+0000. *newer is set, with false and ERR_INVALID, where min_reader is greater than RECORD_READER_VERSION, whatever
 * else is wrong with it. The message is released by protobuf_c_message_free_unpacked(message, NULL). ERR_INVALID with
 * where = the field; ERR_TOO_LARGE.
 */
bool record_unpack(const ProtobufCMessageDescriptor *type, const void *body, size_t len, ProtobufCMessage **message,
	bool *newer, struct err *err) MUST_CHECK;

#endif
