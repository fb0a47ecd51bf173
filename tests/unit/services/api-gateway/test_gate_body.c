#include "gate_body.h"

#include <string.h>

#include "json/json.h"
#include "unit.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA "0123456789abcdef0123456789abcdef01234567"
#define SERVICE "\"service\":{\"name\":\"checkout\",\"environment\":\"production\"}"

static bool read_body(const char *text, struct arena *arena, struct gate_body *body, struct err *err)
{
	owned(json) struct json_object *json = NULL;
	ck_assert_msg(json_parse(text, strlen(text), &json, err), "%s: %s", text, err->text);
	return gate_body_read(json, arena, body, err);
}

START_TEST(test_gate_body__reads_a_whole_request)
{
	owned(arena) struct arena *arena = arena_create();
	struct gate_body body;
	struct err err = { 0 };
	ck_assert_msg(
		read_body("{\"mode\":\"enforce\"," SERVICE ",\"artifact\":{\"digest\":\"" DIGEST
			  "\",\"repository\":\"registry.example/checkout\"},\"release\":{\"releaseId\":\"gh-1\","
			  "\"sourceSha\":\"" SHA "\",\"version\":\"2.1\"},\"evidence\":[{\"type\":\"smoke\",\"status\":"
			  "\"passed\",\"summary\":\"42 checks\"}],\"rollback\":{\"artifact\":\"" DIGEST
			  "\"},\"approvals\":[{\"system\":\"github\",\"environment\":\"production\"}],\"wait\":"
			  "\"1m30s\"}",
			arena, &body, &err),
		"%s: %s", err.where, err.text);
	ck_assert(body.has_mode && body.mode == 2);
	ck_assert_uint_eq(body.evidence.count, 1);
	ck_assert_uint_eq(body.approvals.count, 1);
	ck_assert(body.has_wait);
	ck_assert_int_eq(body.wait_ms, 90000);
}
END_TEST

static const struct {
	const char *text, *where;
	enum err_kind kind;
} wrong[] = {
	{ "{}", "/service", ERR_INVALID },
	{ "{" SERVICE "}", "", ERR_INVALID },
	{ "{\"service\":{\"name\":\"checkout\"},\"release\":{\"sourceSha\":\"" SHA "\"}}", "/service/environment",
		ERR_INVALID },
	{ "{" SERVICE ",\"colour\":1,\"release\":{\"sourceSha\":\"" SHA "\"}}", "/colour", ERR_INVALID },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA "\",\"a/b\":1}}", "/release/a~1b", ERR_INVALID },
	{ "{" SERVICE ",\"artifact\":{\"digest\":\"sha256:abc\"}}", "/artifact/digest", ERR_UNPROCESSABLE },
	{ "{" SERVICE ",\"artifact\":{\"digest\":\"" DIGEST "\"},\"rollback\":{\"artifact\":\"latest\"}}",
		"/rollback/artifact", ERR_UNPROCESSABLE },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"main\"}}", "/release/sourceSha", ERR_UNPROCESSABLE },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA "\"},\"mode\":\"strict\"}", "/mode", ERR_INVALID },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA "\"},\"wait\":\"6m\"}", "/wait", ERR_INVALID },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA "\"},\"wait\":30}", "/wait", ERR_INVALID },
	{ "{\"service\":{\"name\":\"a b\",\"environment\":\"p\"},\"release\":{\"sourceSha\":\"" SHA "\"}}",
		"/service/name", ERR_INVALID },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA "\"},\"evidence\":[{\"type\":\"smoke\"}]}",
		"/evidence/0/status", ERR_INVALID },
	{ "{" SERVICE ",\"release\":{\"sourceSha\":\"" SHA
	  "\"},\"evidence\":[{\"type\":\"smoke\",\"status\":\"passed\","
	  "\"data\":[]}]}",
		"/evidence/0/data", ERR_INVALID },
};

START_TEST(test_gate_body__names_the_place_of_a_fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		owned(arena) struct arena *arena = arena_create();
		struct gate_body body;
		struct err err = { 0 };
		ck_assert_msg(!read_body(wrong[i].text, arena, &body, &err), "%s", wrong[i].text);
		ck_assert_msg(
			strcmp(err.where, wrong[i].where) == 0, "%s: \"%s\": %s", wrong[i].text, err.where, err.text);
		ck_assert_msg(err.kind == wrong[i].kind, "%s: %s", wrong[i].text, err_info(err.kind)->name);
	}
}
END_TEST

UNIT_MAIN("api-gateway/gate_body", test_gate_body__reads_a_whole_request, test_gate_body__names_the_place_of_a_fault)
