#include "binding_body.h"

#include <string.h>

#include "json/json.h"
#include "policy/names.h"
#include "unit.h"

#define DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct arena *arena;
static struct binding_body body;
static struct err err;

static bool read_body(const char *text)
{
	struct json_object *json = NULL;
	err = (struct err){ 0 };
	ck_assert_msg(json_parse(text, strlen(text), &json, &err), "%s", text);
	bool ok = binding_body_read(json, arena, &body, &err);
	json_object_put(json);
	return ok;
}

START_TEST(test_binding_body__has_defaults)
{
	arena = arena_create();
	ck_assert(read_body("{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\"}"));
	ck_assert_str_eq(body.policy_digest, DIGEST);
	ck_assert_str_eq(mode_words[body.mode], "shadow");
	ck_assert(!body.has_threshold && !body.has_connectors);
	ck_assert_int_eq(body.deadline_ms, 10000);
	ck_assert_str_eq(body.namespace, "");
	arena_destroy(arena);
}
END_TEST

START_TEST(test_binding_body__reads_everything)
{
	arena = arena_create();
	ck_assert(read_body("{\"policy\":{\"name\":\"production\",\"version\":\"7\"},\"mode\":\"enforce\","
			    "\"threshold\":\"HOLD\",\"deadline\":\"1m\",\"namespace\":\"apps\",\"connectors\":[]}"));
	ck_assert_ptr_null(body.policy_digest);
	ck_assert_str_eq(body.policy_ref.name, "production");
	ck_assert_str_eq(body.policy_ref.version, "7");
	ck_assert_str_eq(decision_words[body.threshold], "HOLD");
	ck_assert_int_eq(body.deadline_ms, 60000);
	ck_assert(body.has_connectors);
	ck_assert_uint_eq(body.connectors.count, 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(test_binding_body__names_the_place_of_a_fault)
{
	static const struct {
		const char *text, *where;
		enum err_kind kind;
	} cases[] = {
		{ "{\"mode\":\"shadow\"}", "/policy", ERR_INVALID },
		{ "{\"policy\":null,\"mode\":\"shadow\"}", "/policy", ERR_INVALID },
		{ "{\"policy\":\"production\",\"mode\":\"shadow\"}", "/policy", ERR_UNPROCESSABLE },
		{ "{\"policy\":{\"version\":\"7\"},\"mode\":\"shadow\"}", "/policy/name", ERR_INVALID },
		{ "{\"policy\":{\"name\":\"a\",\"x\":1},\"mode\":\"shadow\"}", "/policy/x", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\"}", "/mode", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"loud\"}", "/mode", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\",\"deadline\":\"999ms\"}", "/deadline", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\",\"deadline\":\"61s\"}", "/deadline", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\",\"threshold\":\"hold\"}", "/threshold", ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\",\"connectors\":[\"a\",\"b c\"]}", "/connectors/1",
			ERR_INVALID },
		{ "{\"policy\":\"" DIGEST "\",\"mode\":\"shadow\",\"service\":\"a\"}", "/service", ERR_INVALID },
	};
	arena = arena_create();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(!read_body(cases[i].text), "%s", cases[i].text);
		ck_assert_str_eq(err.where, cases[i].where);
		ck_assert_int_eq(err.kind, cases[i].kind);
	}
	arena_destroy(arena);
}
END_TEST

static const struct policy_evidence evidence[] = {
	{ .name = "smoke", .max_age_ms = 1000 },
	{ .name = "errors", .connector = "prometheus", .max_age_ms = 60000 },
	{ .name = "latency", .connector = "prometheus", .max_age_ms = 30000 },
	{ .name = "pods", .connector = "kubernetes", .max_age_ms = 8000 },
};
static const struct policy policy = { .evidence = evidence, .evidence_count = ARRAY_SIZE(evidence) };

START_TEST(test_binding_body__refreshes_what_its_connectors_see)
{
	static const char *prometheus[] = { "prometheus" }, *both[] = { "prometheus", "kubernetes" };
	const struct json_array none = { NULL, 0 }, one = { prometheus, 1 }, two = { both, 2 };
	ck_assert_int_eq(binding_refresh_ms(&policy, &none), 0);
	ck_assert_int_eq(binding_refresh_ms(&policy, &one), 15000);
	ck_assert_int_eq(binding_refresh_ms(&policy, &two), 5000);
}
END_TEST

START_TEST(test_binding_body__asks_the_policys_connectors_where_it_names_none)
{
	arena = arena_create();
	struct binding_body open = { 0 }, closed = { .has_connectors = true };
	binding_default_connectors(&policy, arena, &open);
	binding_default_connectors(&policy, arena, &closed);
	const char *const *names = open.connectors.items;
	ck_assert_uint_eq(open.connectors.count, 2);
	ck_assert_str_eq(names[0], "prometheus");
	ck_assert_str_eq(names[1], "kubernetes");
	ck_assert_uint_eq(closed.connectors.count, 0);
	arena_destroy(arena);
}
END_TEST

UNIT_MAIN("api-gateway/binding-body", test_binding_body__has_defaults, test_binding_body__reads_everything,
	test_binding_body__names_the_place_of_a_fault, test_binding_body__refreshes_what_its_connectors_see,
	test_binding_body__asks_the_policys_connectors_where_it_names_none)
