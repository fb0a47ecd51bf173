#include "bus/record.h"

#include <string.h>

#include "base/buf.h"
#include "gate.pb-c.h"
#include "unit.h"

static ProtobufCMessage *message;
static bool newer;
static struct err err;

static bool unpack_as(const ProtobufCMessageDescriptor *type, const void *body, size_t len)
{
	err = (struct err){ 0 };
	message = NULL;
	newer = true;
	return record_unpack(type, body, len, &message, &newer, &err);
}

static bool unpack(const void *body, size_t len)
{
	return unpack_as(&rp__v1__gate_request__descriptor, body, len);
}

static void check_refused(const void *body, size_t len, enum err_kind kind, const char *where)
{
	ck_assert(!unpack(body, len));
	ck_assert_ptr_null(message);
	ck_assert(!newer);
	ck_assert_int_eq(err.kind, kind);
	ck_assert_str_eq(err.where, where);
	ck_assert_str_ne(err.text, "");
}

START_TEST(test_record__unpacks_what_was_packed)
{
	Rp__V1__Release release = RP__V1__RELEASE__INIT;
	Rp__V1__GateRequest request = RP__V1__GATE_REQUEST__INIT;
	release.service = "bäckerei";
	request.min_reader = RECORD_READER_VERSION;
	request.evaluation_id = "abc";
	request.release = &release;
	uint8_t body[256];
	size_t len = rp__v1__gate_request__pack(&request, body);
	ck_assert(unpack(body, len));
	ck_assert(!newer);
	const Rp__V1__GateRequest *read = (const Rp__V1__GateRequest *)message;
	ck_assert_str_eq(read->evaluation_id, "abc");
	ck_assert_str_eq(read->release->service, "bäckerei");
	protobuf_c_message_free_unpacked(message, NULL);
}
END_TEST

START_TEST(test_record__an_empty_value_is_a_message)
{
	ck_assert(unpack(NULL, 0));
	protobuf_c_message_free_unpacked(message, NULL);
}
END_TEST

/* Field 2 is evaluation_id, field 6 is release, its field 1 is service; field 11 is facts, whose field 9 is bytes. */
START_TEST(test_record__text_must_be_utf8)
{
	check_refused("\x12\x02\xc3\x28", 4, ERR_INVALID, ".evaluation_id");
	check_refused("\x12\x03\xed\xa0\x80", 5, ERR_INVALID, ".evaluation_id");
	check_refused("\x32\x04\x0a\x02\xff\xfe", 6, ERR_INVALID, ".release.service");
}
END_TEST

START_TEST(test_record__text_has_no_nul)
{
	check_refused("\x12\x03"
		      "a\0b",
		5, ERR_INVALID, ".evaluation_id");
	check_refused("\x32\x03\x0a\x01\x00", 5, ERR_INVALID, ".release.service");
}
END_TEST

START_TEST(test_record__bytes_may_be_anything)
{
	ck_assert(unpack("\x5a\x04\x4a\x02\xff\x00", 6));
	protobuf_c_message_free_unpacked(message, NULL);
}
END_TEST

/* The earlier of two values of a field is overwritten, and is checked all the same. */
START_TEST(test_record__repeated_single_fields_are_all_checked)
{
	check_refused("\x12\x01\xff\x12\x01"
		      "a",
		6, ERR_INVALID, ".evaluation_id");
}
END_TEST

START_TEST(test_record__unknown_fields_are_ignored)
{
	/* Field 1000: a varint, bytes that are no text, eight bytes, four bytes. */
	static const char body[] = "\xc0\x3e\x05"
				   "\xc2\x3e\x02\xff\xff"
				   "\xc1\x3e\x01\x02\x03\x04\x05\x06\x07\x08"
				   "\xc5\x3e\x01\x02\x03\x04"
				   "\x12\x01"
				   "a";
	ck_assert_msg(unpack(body, sizeof(body) - 1), "%s", err.text);
	ck_assert_str_eq(((const Rp__V1__GateRequest *)message)->evaluation_id, "a");
	protobuf_c_message_free_unpacked(message, NULL);
}
END_TEST

START_TEST(test_record__malformed_framing_is_refused)
{
	static const struct {
		const char *body;
		size_t len;
	} refused[] = {
		{ "\x12", 1 }, /* no length */
		{ "\x12\x05"
		  "ab",
			4 },                                                /* cut short */
		{ "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },     /* a length past everything */
		{ "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 }, /* a varint without end */
		{ "\x0b\x0c", 2 },                                          /* a group */
		{ "\x00\x00", 2 },                                          /* field 0 */
		{ "\x09\x01", 2 },                                          /* eight bytes that are not there */
		{ "\x32\x02\x0a\x05", 4 },                                  /* cut short inside */
		{ "\x10\x01", 2 },                                          /* a number where text belongs */
	};
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		ck_assert_msg(!unpack(refused[i].body, refused[i].len), "%zu", i);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_ptr_null(message);
	}
}
END_TEST

START_TEST(test_record__a_newer_record_says_so)
{
	ck_assert(!unpack("\x08\x02", 2));
	ck_assert(newer);
	ck_assert_int_eq(err.kind, ERR_INVALID);
	/* Whatever its other fields have become. */
	ck_assert(!unpack("\x08\x02\x12\x01\xff", 5));
	ck_assert(newer);
	ck_assert(!unpack("\x08\x02\x13", 3));
	ck_assert(newer);
	ck_assert(!unpack("\x08\x01\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13));
	ck_assert(newer);
}
END_TEST

START_TEST(test_record__this_version_and_none_are_read)
{
	ck_assert(unpack("\x08\x01", 2));
	protobuf_c_message_free_unpacked(message, NULL);
	ck_assert(!newer);
	ck_assert(unpack("\x12\x00", 2));
	protobuf_c_message_free_unpacked(message, NULL);
}
END_TEST

START_TEST(test_record__size_is_bounded)
{
	owned_buf struct buf body = { 0 };
	/* bytes rollback_artifact would do; field 1000 is skipped whole. */
	buf_append(&body, "\xc2\x3e\x9b\xf7\x36", 5); /* 900000 - 5 bytes */
	while (body.len < RECORD_MAX_BYTES)
		buf_append_char(&body, 'x');
	ck_assert_msg(unpack(body.data, body.len), "%s", err.text);
	protobuf_c_message_free_unpacked(message, NULL);
	buf_append_char(&body, 'x');
	check_refused(body.data, body.len, ERR_TOO_LARGE, "");
}
END_TEST

/* A recursive type, as none of ours is: the walk must end before the stack does. */
static const ProtobufCMessageDescriptor nested;
static const ProtobufCFieldDescriptor nested_fields[] = {
	{
		.name = "child",
		.id = 1,
		.label = PROTOBUF_C_LABEL_OPTIONAL,
		.type = PROTOBUF_C_TYPE_MESSAGE,
		.descriptor = &nested,
	},
};
static const ProtobufCIntRange nested_ranges[] = { { 1, 0 }, { 0, 1 } };
static const ProtobufCMessageDescriptor nested = {
	.magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
	.name = "nested",
	.n_fields = 1,
	.fields = nested_fields,
	.fields_sorted_by_name = (const unsigned[]){ 0 },
	.n_field_ranges = 1,
	.field_ranges = nested_ranges,
};

START_TEST(test_record__nesting_is_bounded)
{
	/* Each level adds its tag and its length in front. */
	uint8_t body[64];
	size_t len = 0;
	for (int depth = 0; depth < 20; depth++) {
		memmove(body + 2, body, len);
		body[0] = 0x0a;
		body[1] = (uint8_t)len;
		len += 2;
	}
	ck_assert(!unpack_as(&nested, body, len));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "nest"));
}
END_TEST

UNIT_MAIN("bus/record", test_record__unpacks_what_was_packed, test_record__an_empty_value_is_a_message,
	test_record__text_must_be_utf8, test_record__text_has_no_nul, test_record__bytes_may_be_anything,
	test_record__repeated_single_fields_are_all_checked, test_record__unknown_fields_are_ignored,
	test_record__malformed_framing_is_refused, test_record__a_newer_record_says_so,
	test_record__this_version_and_none_are_read, test_record__size_is_bounded, test_record__nesting_is_bounded)
