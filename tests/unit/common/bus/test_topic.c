#include "bus/topic.h"

#include <string.h>

#include "unit.h"

START_TEST(test_topic__is_found_by_its_name)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		ck_assert_int_eq(topic_find(topic_info((enum topic)i)->name), i);
	ck_assert_int_eq(topic_find("releasepassport.nothing"), TOPIC_COUNT);
	ck_assert_int_eq(topic_find(""), TOPIC_COUNT);
}
END_TEST

/* docs/architecture.md, Who may touch what. */
static const struct {
	enum service_id service;
	enum topic reads[6], writes[6]; /* TOPIC_COUNT at the end */
} rights[] = {
	{ SERVICE_API_GATEWAY, { TOPIC_DECISIONS, TOPIC_EVALUATION_FAILURES, TOPIC_CONNECTOR_STATUS, TOPIC_COUNT },
		{ TOPIC_GATE_REQUESTS, TOPIC_COUNT } },
	{ SERVICE_EVALUATOR, { TOPIC_GATE_REQUESTS, TOPIC_EVIDENCE_FACTS, TOPIC_COUNT },
		{ TOPIC_EVIDENCE_QUERIES, TOPIC_VERDICTS, TOPIC_EVALUATION_FAILURES, TOPIC_COUNT } },
	{ SERVICE_CONNECTOR_WORKER, { TOPIC_EVIDENCE_QUERIES, TOPIC_CALLBACKS, TOPIC_COUNT },
		{ TOPIC_EVIDENCE_FACTS, TOPIC_CONNECTOR_STATUS, TOPIC_CALLBACK_OUTCOMES, TOPIC_EVALUATION_FAILURES,
			TOPIC_COUNT } },
	{ SERVICE_SIGNER,
		{ TOPIC_VERDICTS, TOPIC_CHECKPOINT_REQUESTS, TOPIC_PASSPORTS, TOPIC_CHECKPOINTS, TOPIC_COUNT },
		{ TOPIC_PASSPORTS, TOPIC_CHECKPOINTS, TOPIC_EVALUATION_FAILURES, TOPIC_COUNT } },
	{ SERVICE_AUDIT_WRITER,
		{ TOPIC_PASSPORTS, TOPIC_EVIDENCE_FACTS, TOPIC_CHECKPOINTS, TOPIC_CALLBACK_OUTCOMES,
			TOPIC_EVALUATION_FAILURES, TOPIC_COUNT },
		{ TOPIC_DECISIONS, TOPIC_CHECKPOINT_REQUESTS, TOPIC_CALLBACKS, TOPIC_COUNT } },
};

static bool contains(const enum topic *list, enum topic topic)
{
	while (*list != TOPIC_COUNT)
		if (*list++ == topic)
			return true;
	return false;
}

START_TEST(test_topic__each_service_has_exactly_its_rights)
{
	ck_assert_uint_eq(sizeof(rights) / sizeof(rights[0]), SERVICE_COUNT);
	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			enum topic topic = (enum topic)t;
			bool writes = topic == TOPIC_DEAD_LETTERS || contains(rights[i].writes, topic);
			ck_assert_int_eq(topic_may_read(rights[i].service, topic), contains(rights[i].reads, topic));
			ck_assert_int_eq(topic_may_write(rights[i].service, topic), writes);
		}
}
END_TEST

START_TEST(test_topic__copartitioned_topics_agree_in_the_table)
{
	ck_assert_int_eq(topic_copartitioned(TOPIC_GATE_REQUESTS), TOPIC_EVIDENCE_FACTS);
	ck_assert_int_eq(topic_copartitioned(TOPIC_PASSPORTS), TOPIC_VERDICTS);
	ck_assert_int_eq(topic_copartitioned(TOPIC_DECISIONS), TOPIC_COUNT);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		enum topic other = topic_copartitioned((enum topic)i);
		if (other == TOPIC_COUNT)
			continue;
		ck_assert_int_eq(topic_copartitioned(other), i);
		ck_assert_int_eq(topic_info(other)->partitions, topic_info((enum topic)i)->partitions);
	}
}
END_TEST

START_TEST(test_topic__protobuf_messages_have_a_min_reader)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		const ProtobufCMessageDescriptor *type = topic_info((enum topic)i)->message;
		if (type == NULL)
			continue;
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field_by_name(type, "min_reader");
		ck_assert_msg(field != NULL && field->id == 1, "%s", type->name);
	}
}
END_TEST

/* protobuf-c and the check on the wire follow nesting down the stack. */
static void check_depth(const ProtobufCMessageDescriptor *type, int depth)
{
	ck_assert_msg(depth <= 6, "%s nests too deep or is recursive", type->name);
	for (unsigned i = 0; i < type->n_fields; i++)
		if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			check_depth(type->fields[i].descriptor, depth + 1);
}

START_TEST(test_topic__no_message_is_recursive)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		if (topic_info((enum topic)i)->message != NULL)
			check_depth(topic_info((enum topic)i)->message, 1);
}
END_TEST

START_TEST(test_topic__the_description_names_every_topic)
{
	owned_buf struct buf text = { 0 };
	topic_describe(&text);
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		ck_assert_ptr_nonnull(strstr(buf_str(&text), topic_info((enum topic)i)->name));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "| `releasepassport.verdicts` | `rp.v1.Verdict` | "
						     "`dev.releasepassport.verdict.v1` | 6 | 1 d | evaluator | "
						     "signer | evaluator and signer |\n"));
}
END_TEST

UNIT_MAIN("bus/topic", test_topic__is_found_by_its_name, test_topic__each_service_has_exactly_its_rights,
	test_topic__copartitioned_topics_agree_in_the_table, test_topic__protobuf_messages_have_a_min_reader,
	test_topic__no_message_is_recursive, test_topic__the_description_names_every_topic)
