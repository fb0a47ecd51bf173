#include "gate_options.h"

#include "json/json.h"
#include "unit.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"

static void expect(const struct gate_options *options, const char *json)
{
	owned(json) struct json_object *question = NULL;
	struct err err = { 0 };
	owned_buf struct buf text = { 0 };
	ck_assert_msg(gate_question(options, &question, &err), "%s", err.text);
	json_text(question, false, &text);
	ck_assert_str_eq(buf_str(&text), json);
}

START_TEST(test_gate_options__asks_only_what_was_given)
{
	expect(&(struct gate_options){ .service = "s", .environment = "e", .source_sha = SHA, .mode = -1 },
		"{\"service\":{\"name\":\"s\",\"environment\":\"e\"},\"release\":{\"sourceSha\":\"" SHA "\"}}");
}
END_TEST

START_TEST(test_gate_options__asks_all_that_was_given)
{
	const char *evidence[] = { "smoke=passed:42" }, *approvals[] = { "github=production" };
	const struct gate_options options = {
		.service = "s",
		.environment = "e",
		.namespace = "n",
		.artifact = "sha256:aa",
		.repository = "r",
		.source_sha = SHA,
		.release_id = "7",
		.version = "1.2",
		.mode = 2,
		.evidence = { evidence, 1 },
		.approvals = { approvals, 1 },
		.rollback = "sha256:bb",
	};
	expect(&options, "{\"mode\":\"enforce\",\"service\":{\"name\":\"s\",\"environment\":\"e\",\"namespace\":\"n\"},"
			 "\"artifact\":{\"digest\":\"sha256:aa\",\"repository\":\"r\"},"
			 "\"release\":{\"releaseId\":\"7\",\"sourceSha\":\"" SHA "\",\"version\":\"1.2\"},"
			 "\"rollback\":{\"artifact\":\"sha256:bb\"},"
			 "\"evidence\":[{\"type\":\"smoke\",\"status\":\"passed\",\"summary\":\"42\"}],"
			 "\"approvals\":[{\"system\":\"github\",\"environment\":\"production\"}]}");
}
END_TEST

START_TEST(test_gate_options__needs_an_identity)
{
	struct json_object *question = NULL;
	struct err err = { 0 };
	ck_assert(!gate_question(
		&(struct gate_options){ .service = "s", .environment = "e", .mode = -1 }, &question, &err));
	ck_assert_int_eq(err.kind, ERR_USAGE);
}
END_TEST

UNIT_MAIN("releasepassport/gate_options", test_gate_options__asks_only_what_was_given,
	test_gate_options__asks_all_that_was_given, test_gate_options__needs_an_identity)
