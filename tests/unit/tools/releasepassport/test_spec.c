#include "spec.h"

#include "json/json.h"
#include "unit.h"

typedef bool parse_fn(const char *text, struct json_object **value, struct err *err);

static void expect(parse_fn *parse, const char *text, const char *json)
{
	struct json_object *value = NULL;
	struct err err = { 0 };
	ck_assert_msg(parse(text, &value, &err), "%s: %s", text, err.text);
	owned_buf struct buf got = { 0 };
	json_text(value, false, &got);
	ck_assert_str_eq(buf_str(&got), json);
	json_object_put(value);
}

static void expect_refused(parse_fn *parse, const char *text)
{
	struct json_object *value = NULL;
	struct err err = { 0 };
	ck_assert_msg(!parse(text, &value, &err), "%s", text);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_str_eq(err.where, text);
}

START_TEST(test_spec__reads_evidence)
{
	expect(evidence_spec_parse, "smoke=passed", "{\"type\":\"smoke\",\"status\":\"passed\"}");
	expect(evidence_spec_parse, "smoke=passed:42 checks: all=well",
		"{\"type\":\"smoke\",\"status\":\"passed\",\"summary\":\"42 checks: all=well\"}");
	expect(evidence_spec_parse, "smoke=passed:", "{\"type\":\"smoke\",\"status\":\"passed\"}");
}
END_TEST

START_TEST(test_spec__refuses_evidence_without_type_or_status)
{
	expect_refused(evidence_spec_parse, "smoke");
	expect_refused(evidence_spec_parse, "smoke=");
	expect_refused(evidence_spec_parse, "=passed");
	expect_refused(evidence_spec_parse, "smoke=:text");
	expect_refused(evidence_spec_parse, "");
}
END_TEST

START_TEST(test_spec__reads_approvals)
{
	expect(approval_spec_parse, "github=production", "{\"system\":\"github\",\"environment\":\"production\"}");
	expect_refused(approval_spec_parse, "github");
	expect_refused(approval_spec_parse, "github=");
	expect_refused(approval_spec_parse, "=production");
}
END_TEST

START_TEST(test_spec__reads_scopes)
{
	expect(scope_spec_parse, "gate", "{\"scope\":\"gate\",\"services\":[\"*\"],\"environments\":[\"*\"]}");
	expect(scope_spec_parse, "ingest:smoke@checkout",
		"{\"scope\":\"ingest:smoke\",\"services\":[\"checkout\"],\"environments\":[\"*\"]}");
	expect(scope_spec_parse, "gate@checkout,cart/staging,production",
		"{\"scope\":\"gate\",\"services\":[\"checkout\",\"cart\"],\"environments\":[\"staging\",\"production\"]"
		"}");
	expect(scope_spec_parse, "read@*/production",
		"{\"scope\":\"read\",\"services\":[\"*\"],\"environments\":[\"production\"]}");
}
END_TEST

START_TEST(test_spec__never_widens_a_scope_that_is_half_written)
{
	expect_refused(scope_spec_parse, "");
	expect_refused(scope_spec_parse, "@checkout");
	expect_refused(scope_spec_parse, "gate@");
	expect_refused(scope_spec_parse, "gate@/production");
	expect_refused(scope_spec_parse, "gate@checkout/");
	expect_refused(scope_spec_parse, "gate@checkout,/production");
	expect_refused(scope_spec_parse, "gate@checkout/a/b");
}
END_TEST

static struct key_spec key(const char *text, struct arena *arena)
{
	struct key_spec spec;
	struct err err = { 0 };
	ck_assert_msg(key_spec_parse(text, arena, &spec, &err), "%s: %s", text, err.text);
	return spec;
}

START_TEST(test_spec__reads_keys_with_their_time)
{
	owned(arena) struct arena *arena = arena_create();
	struct key_spec spec = key("a.pub", arena);
	ck_assert_str_eq(spec.path, "a.pub");
	ck_assert_int_eq(spec.not_before_us, 0);
	ck_assert_int_eq(spec.not_after_us, 0);
	spec = key("keys/a.pub@1970-01-01T00:00:01Z/1970-01-01T00:00:02Z", arena);
	ck_assert_str_eq(spec.path, "keys/a.pub");
	ck_assert_int_eq(spec.not_before_us, 1000000);
	ck_assert_int_eq(spec.not_after_us, 2000000);
	spec = key("a.pub@/1970-01-01T00:00:02Z", arena);
	ck_assert_int_eq(spec.not_before_us, 0);
	ck_assert_int_eq(spec.not_after_us, 2000000);
	ck_assert_int_eq(key("a.pub@1970-01-01T00:00:01Z", arena).not_before_us, 1000000);
}
END_TEST

START_TEST(test_spec__refuses_keys_of_no_time)
{
	owned(arena) struct arena *arena = arena_create();
	const char *const wrong[] = { "", "@", "a.pub@soon", "a.pub@1970-01-01T00:00:02Z/1970-01-01T00:00:01Z",
		"a.pub@1970-01-01T00:00:01Z/1970-01-01T00:00:01Z", "@1970-01-01T00:00:01Z/" };
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct key_spec spec;
		struct err err = { 0 };
		ck_assert_msg(!key_spec_parse(wrong[i], arena, &spec, &err), "%s", wrong[i]);
		ck_assert_int_eq(err.kind, ERR_USAGE);
	}
}
END_TEST

START_TEST(test_spec__reads_decisions)
{
	owned(arena) struct arena *arena = arena_create();
	const Rp__V1__Decision *list;
	size_t count;
	struct err err = { 0 };
	ck_assert(decisions_spec_parse("ALLOW,HOLD", arena, &list, &count, &err));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(list[0], RP__V1__DECISION__DECISION_ALLOW);
	ck_assert_int_eq(list[1], RP__V1__DECISION__DECISION_HOLD);
	const char *const wrong[] = { "", "ALLOW,", ",ALLOW", "allow", "ALLOW, HOLD", "unknown" };
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!decisions_spec_parse(wrong[i], arena, &list, &count, &err), "%s", wrong[i]);
}
END_TEST

UNIT_MAIN("releasepassport/spec", test_spec__reads_evidence, test_spec__refuses_evidence_without_type_or_status,
	test_spec__reads_approvals, test_spec__reads_scopes, test_spec__never_widens_a_scope_that_is_half_written,
	test_spec__reads_keys_with_their_time, test_spec__refuses_keys_of_no_time, test_spec__reads_decisions)
