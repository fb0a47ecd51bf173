#include "bus/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

/* The last header of this name as text; fallback (NULL: it must be there) if there is none. */
static bool read_text(
	const rd_kafka_headers_t *headers, const char *name, const char *fallback, const char **text, struct err *err)
{
	const void *value = NULL;
	size_t size = 0;
	if (headers == NULL || rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR ||
		value == NULL) {
		if (fallback == NULL)
			return err_set_at(err, ERR_INVALID, name, "the header is missing");
		*text = fallback;
		return true;
	}
	/* librdkafka puts a NUL behind each value. */
	if (memchr(value, '\0', size) != NULL || !utf8_valid(value, size))
		return err_set_at(err, ERR_INVALID, name, "the header is not UTF-8 text");
	*text = value;
	return true;
}

static bool read_mac(const rd_kafka_headers_t *headers, const uint8_t **mac, struct err *err)
{
	const void *value = NULL;
	size_t size = 0;
	*mac = NULL;
	if (headers == NULL ||
		rd_kafka_header_get_last(headers, HEADER_MAC, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return true;
	if (value == NULL || size != SHA256_SIZE)
		return err_set_at(err, ERR_UNVERIFIED, HEADER_MAC, "an authentication code has %d bytes", SHA256_SIZE);
	*mac = value;
	return true;
}

static bool read_key(struct intake *intake, const rd_kafka_message_t *raw, struct err *err)
{
	if (raw->key_len > 0 && (memchr(raw->key, '\0', raw->key_len) != NULL || !utf8_valid(raw->key, raw->key_len)))
		return err_set(err, ERR_INVALID, "the key is not UTF-8 text");
	intake->key = mem_alloc(raw->key_len + 1);
	if (raw->key_len > 0)
		memcpy(intake->key, raw->key, raw->key_len);
	intake->key[raw->key_len] = '\0';
	intake->record.key = intake->key;
	return true;
}

static bool read_headers(struct bus_record *record, const rd_kafka_headers_t *headers, struct err *err)
{
	const char *version, *type, *time;
	if (!read_text(headers, "ce_specversion", NULL, &version, err) ||
		!read_text(headers, HEADER_CE_ID, NULL, &record->ce_id, err) ||
		!read_text(headers, "ce_type", NULL, &type, err) ||
		!read_text(headers, HEADER_CE_TIME, NULL, &time, err) ||
		!read_text(headers, HEADER_TRACEPARENT, "", &record->traceparent, err) ||
		!read_mac(headers, &record->mac, err))
		return false;
	if (strcmp(version, "1.0") != 0)
		return err_set_at(err, ERR_INVALID, "ce_specversion", "only CloudEvents 1.0 is read");
	if (record->ce_id[0] == '\0')
		return err_set_at(err, ERR_INVALID, HEADER_CE_ID, "the header is empty");
	if (strcmp(type, topic_info(record->topic)->ce_type) != 0)
		return err_set_at(err, ERR_INVALID, "ce_type", "records of this topic have the type %s",
			topic_info(record->topic)->ce_type);
	return clock_parse(time, strlen(time), &record->ce_time_us, err) || err_add_where(err, HEADER_CE_TIME);
}

/* Everything but the value. */
static bool read_envelope(struct intake *intake, const rd_kafka_message_t *raw, struct err *err)
{
	struct bus_record *record = &intake->record;
	rd_kafka_headers_t *headers = NULL;
	rd_kafka_resp_err_t code = rd_kafka_message_headers(raw, &headers);
	if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NOENT)
		return err_set(err, ERR_INVALID, "the headers can't be read: %s", rd_kafka_err2str(code));
	if (raw->len > RECORD_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "the record has %zu bytes, at most %d are allowed", raw->len,
			RECORD_MAX_BYTES);
	record->body = raw->payload != NULL ? raw->payload : "";
	record->len = raw->len;
	return read_key(intake, raw, err) && read_headers(record, headers, err);
}

enum intake_verdict bus_intake_read(struct intake *intake, enum topic topic, const rd_kafka_message_t *raw,
	const struct mac_keys *keys, struct err *err)
{
	const struct topic_info *info = topic_info(topic);
	*intake = (struct intake){ .record = { .topic = topic, .partition = raw->partition, .offset = raw->offset } };
	if (!read_envelope(intake, raw, err))
		return INTAKE_POISON;
	const struct bus_record *record = &intake->record;
	if (keys[info->mac_pair].count > 0 && !record_mac_holds(&keys[info->mac_pair], record)) {
		err_set_at(err, ERR_UNVERIFIED, HEADER_MAC, "%s",
			record->mac == NULL ? "the record has no authentication code"
					    : "the record's authentication code does not hold");
		return INTAKE_POISON;
	}
	bool newer = false;
	if (info->message == NULL ||
		record_unpack(info->message, record->body, record->len, &intake->message, &newer, err))
		return INTAKE_OK;
	return newer ? INTAKE_NEWER : INTAKE_POISON;
}

void bus_intake_finish(struct intake *intake)
{
	free(intake->key);
	if (intake->message != NULL)
		protobuf_c_message_free_unpacked(intake->message, NULL);
	*intake = (struct intake){ 0 };
}
