/*
 * What is unpacked as any message of the table has only UTF-8 text, and packed again it is unpacked again. The first
 * byte chooses the message.
 */
#include <string.h>

#include "base/utf8.h"
#include "bus/record.h"
#include "fuzz.h"

static void check_message(const ProtobufCMessage *message);

static void check_one(const ProtobufCFieldDescriptor *field, const void *member)
{
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		const char *text = *(char *const *)member;
		FUZZ_REQUIRE(text == NULL || utf8_valid(text, strlen(text)));
	} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		const ProtobufCMessage *message = *(ProtobufCMessage *const *)member;
		if (message != NULL)
			check_message(message);
	}
}

static void check_message(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const char *member = (const char *)message + field->offset;
		if (field->label != PROTOBUF_C_LABEL_REPEATED) {
			check_one(field, member);
			continue;
		}
		size_t count = *(const size_t *)(const void *)((const char *)message + field->quantifier_offset);
		void *const *items = *(void *const *const *)(const void *)member;
		if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
			for (size_t k = 0; k < count; k++)
				check_one(field, &items[k]);
	}
}

static const ProtobufCMessageDescriptor *choose(uint8_t number)
{
	const ProtobufCMessageDescriptor *types[TOPIC_COUNT];
	size_t count = 0;
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		if (topic_info((enum topic)i)->message != NULL)
			types[count++] = topic_info((enum topic)i)->message;
	return types[number % count];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ProtobufCMessage *message = NULL, *again = NULL;
	struct err err = { 0 };
	bool newer = false;
	if (size == 0)
		return 0;
	const ProtobufCMessageDescriptor *type = choose(data[0]);
	if (!record_unpack(type, data + 1, size - 1, &message, &newer, &err)) {
		FUZZ_REQUIRE(message == NULL);
		FUZZ_REQUIRE(err.kind == ERR_INVALID || err.kind == ERR_TOO_LARGE);
		FUZZ_REQUIRE(err.text[0] != '\0');
		return 0;
	}
	FUZZ_REQUIRE(!newer);
	check_message(message);
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = malloc(len + 1);
	FUZZ_REQUIRE(packed != NULL && protobuf_c_message_pack(message, packed) == len);
	if (len <= RECORD_MAX_BYTES)
		FUZZ_REQUIRE(record_unpack(type, packed, len, &again, &newer, &err));
	if (again != NULL)
		protobuf_c_message_free_unpacked(again, NULL);
	protobuf_c_message_free_unpacked(message, NULL);
	free(packed);
	return 0;
}
