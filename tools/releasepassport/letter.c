#include "letter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/utf8.h"
#include "bus/deadletter.h"
#include "json/json.h"

#define DEAD_PREFIX "rp_dead_"

static const char *header(const rd_kafka_message_t *message, const char *name, struct arena *arena)
{
	rd_kafka_headers_t *headers;
	const void *value;
	size_t len;
	if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
		rd_kafka_header_get_last(headers, name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR || value == NULL)
		return "";
	return arena_strndup(arena, value, len);
}

void letter_read(const rd_kafka_message_t *message, struct arena *arena, struct letter *letter)
{
	rd_kafka_timestamp_type_t type;
	const char *partition = header(message, DEAD_HEADER_PARTITION, arena);
	char *end;
	const long number = strtol(partition, &end, 10);
	*letter = (struct letter){
		.offset = message->offset,
		.time_ms = rd_kafka_message_timestamp(message, &type),
		.topic = header(message, DEAD_HEADER_TOPIC, arena),
		.partition = end != partition && *end == '\0' && number >= 0 && number < 100000 ? (int32_t)number : -1,
		.original_offset = header(message, DEAD_HEADER_OFFSET, arena),
		.kind = header(message, DEAD_HEADER_KIND, arena),
		.reason = header(message, DEAD_HEADER_REASON, arena),
		.service = header(message, DEAD_HEADER_SERVICE, arena),
		.dead_at = header(message, DEAD_HEADER_TIME, arena),
		.cut = header(message, DEAD_HEADER_CUT, arena)[0] != '\0',
	};
}

struct json_object *letter_json(const struct letter *letter)
{
	struct json_object *object = json_object_new_object();
	json_add_int(object, "offset", letter->offset);
	json_add_time(object, "time", letter->time_ms * CLOCK_US_PER_MS);
	json_add_string(object, "topic", letter->topic);
	json_add_int(object, "partition", letter->partition);
	json_add_string(object, "originalOffset", letter->original_offset);
	json_add_string(object, "kind", letter->kind);
	json_add_string(object, "reason", letter->reason);
	json_add_string(object, "service", letter->service);
	json_add_string(object, "deadAt", letter->dead_at);
	json_add_bool(object, "cut", letter->cut);
	return object;
}

/* Adds the bytes as name, or as nameBase64 where they are no text. */
static void add_bytes(struct json_object *object, const char *name, const void *data, size_t len)
{
	owned_buf struct buf text = { 0 }, member = { 0 };
	if (data == NULL) {
		json_add_string(object, name, NULL);
		return;
	}
	if (utf8_valid(data, len) && memchr(data, '\0', len) == NULL) {
		buf_append(&text, data, len);
		json_add_string(object, name, buf_str(&text));
		return;
	}
	base64_encode(data, len, &text);
	buf_printf(&member, "%sBase64", name);
	json_add_string(object, buf_str(&member), buf_str(&text));
}

void letter_add_record(const rd_kafka_message_t *message, struct json_object *object)
{
	struct json_object *list = json_object_new_array();
	rd_kafka_headers_t *headers;
	const char *name;
	const void *value;
	size_t len;
	add_bytes(object, "key", message->key, message->key_len);
	json_add(object, "headers", list);
	if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
		for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &len) == 0; i++) {
			struct json_object *item = json_object_new_object();
			json_add_string(item, "name", name);
			add_bytes(item, "value", value, len);
			json_object_array_add(list, item);
		}
	json_add_int(object, "size", (int64_t)message->len);
	add_bytes(object, "value", message->payload, message->len);
}

rd_kafka_headers_t *letter_original_headers(const rd_kafka_message_t *message)
{
	rd_kafka_headers_t *headers, *original = rd_kafka_headers_new(8);
	const char *name;
	const void *value;
	size_t len;
	if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return original;
	for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &len) == 0; i++)
		if (strncmp(name, DEAD_PREFIX, strlen(DEAD_PREFIX)) != 0)
			rd_kafka_header_add(original, name, -1, value, (ssize_t)len);
	return original;
}
