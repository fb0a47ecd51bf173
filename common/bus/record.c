/*
 * Protobuf values are checked on the wire, before they are unpacked: protobuf-c takes any bytes as a string and cuts it
 * at U+0000, and it would follow nesting down the stack. A newer record may not unpack at all, so min_reader comes
 * first.
 */
#include "bus/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

/* Our messages nest four deep; none is recursive. */
#define DEPTH_MAX 8

enum wire_type { WIRE_VARINT = 0, WIRE_64BIT = 1, WIRE_BYTES = 2, WIRE_32BIT = 5 };

struct wire {
	const uint8_t *at, *end;
};

struct wire_field {
	uint32_t number;
	uint32_t type;
	uint64_t integer;    /* WIRE_VARINT */
	const uint8_t *data; /* WIRE_BYTES */
	size_t len;
};

static bool read_varint(struct wire *wire, uint64_t *value)
{
	uint64_t sum = 0;
	for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
		uint8_t byte = *wire->at++;
		sum |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*value = sum;
			return true;
		}
	}
	return false;
}

static bool skip(struct wire *wire, size_t len)
{
	if ((size_t)(wire->end - wire->at) < len)
		return false;
	wire->at += len;
	return true;
}

/* The next field; false at malformed framing (groups included, which proto3 does not have, and field 0, which nobody
 * has). */
static bool read_field(struct wire *wire, struct wire_field *field)
{
	uint64_t tag, len;
	if (!read_varint(wire, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
		return false;
	*field = (struct wire_field){ .number = (uint32_t)tag >> 3, .type = (uint32_t)tag & 7 };
	switch (field->type) {
	case WIRE_VARINT: return read_varint(wire, &field->integer);
	case WIRE_64BIT: return skip(wire, 8);
	case WIRE_32BIT: return skip(wire, 4);
	case WIRE_BYTES:
		if (!read_varint(wire, &len) || len > (size_t)(wire->end - wire->at))
			return false;
		field->data = wire->at;
		field->len = (size_t)len;
		wire->at += field->len;
		return true;
	default: return false;
	}
}

static bool check_text(const struct wire_field *field, struct err *err)
{
	if (memchr(field->data, '\0', field->len) != NULL)
		return err_set(err, ERR_INVALID, "the text contains U+0000");
	return utf8_valid((const char *)field->data, field->len) || err_set(err, ERR_INVALID, "the text is not UTF-8");
}

static bool check_message(
	const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t len, int depth, struct err *err)
{
	if (depth > DEPTH_MAX)
		return err_set(err, ERR_INVALID, "messages nest deeper than %d", DEPTH_MAX);
	struct wire wire = { data, data + len };
	while (wire.at < wire.end) {
		struct wire_field field;
		if (!read_field(&wire, &field))
			return err_set(err, ERR_INVALID, "malformed protobuf in %s", type->name);
		const ProtobufCFieldDescriptor *known = protobuf_c_message_descriptor_get_field(type, field.number);
		if (known == NULL || field.type != WIRE_BYTES)
			continue;
		bool ok = true;
		if (known->type == PROTOBUF_C_TYPE_STRING)
			ok = check_text(&field, err);
		else if (known->type == PROTOBUF_C_TYPE_MESSAGE)
			ok = check_message(known->descriptor, field.data, field.len, depth + 1, err);
		if (!ok) {
			err_add_where(err, known->name);
			return err_add_where(err, ".");
		}
	}
	return true;
}

/* The value's min_reader as far as its framing can be read; the last one counts, as for any field. */
static uint64_t find_min_reader(const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t len)
{
	const ProtobufCFieldDescriptor *known = protobuf_c_message_descriptor_get_field_by_name(type, "min_reader");
	uint64_t min_reader = 0;
	struct wire wire = { data, data + len };
	struct wire_field field;
	while (known != NULL && wire.at < wire.end && read_field(&wire, &field))
		if (field.number == known->id && field.type == WIRE_VARINT)
			min_reader = field.integer;
	return min_reader;
}

bool record_unpack(const ProtobufCMessageDescriptor *type, const void *body, size_t len, ProtobufCMessage **message,
	bool *newer, struct err *err)
{
	*newer = false;
	if (len > RECORD_MAX_BYTES)
		return err_set(
			err, ERR_TOO_LARGE, "the record has %zu bytes, at most %d are allowed", len, RECORD_MAX_BYTES);
	const uint8_t *data = body != NULL ? body : (const uint8_t *)"";
	uint64_t min_reader = find_min_reader(type, data, len);
	if (min_reader > RECORD_READER_VERSION) {
		*newer = true;
		return err_set(err, ERR_INVALID, "the record wants a reader of version %" PRIu64 ", this is %d",
			min_reader, RECORD_READER_VERSION);
	}
	if (!check_message(type, data, len, 1, err))
		return false;
	ProtobufCMessage *unpacked = protobuf_c_message_unpack(type, NULL, len, data);
	if (unpacked == NULL)
		return err_set(err, ERR_INVALID, "malformed protobuf in %s", type->name);
	*message = unpacked;
	return true;
}
