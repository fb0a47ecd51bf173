#include "gate_request.h"

#include <string.h>

#include "unit.h"

#define NOW INT64_C(1779012000000000)

static const struct token_identity identity = { "tk_1", "default", "pipeline", "ci", "admin", NULL, 0 };

static const Rp__V1__GateRequest *build(struct arena *arena, Rp__V1__Mode bound, const int *asked)
{
	Rp__V1__Binding *binding = arena_alloc(arena, sizeof(*binding));
	struct context *context = arena_alloc(arena, sizeof(*context));
	struct gate_body *body = arena_alloc(arena, sizeof(*body));
	struct gate_claim *claim = arena_alloc(arena, sizeof(*claim));
	const Rp__V1__GateRequest *request = NULL;
	struct err err = { 0 };
	rp__v1__binding__init(binding);
	binding->mode = bound;
	binding->deadline_ms = 1500;
	binding->mode_reason = "binding";
	context->arena = arena;
	context->binding = binding;
	context->bound_namespace = "apps";
	*claim = (struct gate_claim){ "smoke", "passed", "ok", NULL };
	body->service.name = "checkout";
	body->service.environment = "production";
	body->release.source_sha = "0123456789abcdef0123456789abcdef01234567";
	body->evidence = (struct json_array){ claim, 1 };
	body->has_mode = asked != NULL;
	body->mode = asked != NULL ? *asked : 0;
	ck_assert_msg(gate_request_build(RP__V1__REQUEST_KIND__REQUEST_GATE, &identity, body, context, "e", "d", NOW,
			      arena, &request, &err),
		"%s", err.text);
	return request;
}

START_TEST(test_gate_request__the_stricter_mode_applies)
{
	for (int bound = RP__V1__MODE__MODE_SHADOW; bound <= (int)RP__V1__MODE__MODE_ENFORCE; bound++) {
		for (int asked = 0; asked < 3; asked++) {
			owned(arena) struct arena *arena = arena_create();
			const Rp__V1__GateRequest *request = build(arena, (Rp__V1__Mode)bound, &asked);
			const int stricter = asked + 1 > bound ? asked + 1 : bound;
			ck_assert_int_eq((int)request->binding->mode, stricter);
			const bool by_request = asked + 1 > bound;
			ck_assert_int_eq(strncmp(request->binding->mode_reason, "request", 7) == 0, by_request);
		}
	}
}
END_TEST

START_TEST(test_gate_request__carries_who_asks_and_until_when)
{
	owned(arena) struct arena *arena = arena_create();
	const Rp__V1__GateRequest *request = build(arena, RP__V1__MODE__MODE_SHADOW, NULL);
	ck_assert_str_eq(request->actor->subject, "ci");
	ck_assert_str_eq(request->actor->token_id, "tk_1");
	ck_assert_str_eq(request->workspace, "default");
	ck_assert_str_eq(request->release->namespace_, "apps");
	ck_assert_int_eq(request->deadline_us, NOW + 1500000);
	ck_assert_int_eq((int)request->binding->mode, RP__V1__MODE__MODE_SHADOW);
}
END_TEST

START_TEST(test_gate_request__what_the_caller_says_is_a_claim)
{
	owned(arena) struct arena *arena = arena_create();
	const Rp__V1__GateRequest *request = build(arena, RP__V1__MODE__MODE_SHADOW, NULL);
	ck_assert_uint_eq(request->n_facts, 1);
	const Rp__V1__Fact *fact = request->facts[0];
	ck_assert_int_eq((int)fact->evidence_class, RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED);
	ck_assert_int_eq((int)fact->value.len, (int)strlen("{\"status\":\"passed\",\"summary\":\"ok\"}"));
	ck_assert_mem_eq(fact->value.data, "{\"status\":\"passed\",\"summary\":\"ok\"}", fact->value.len);
}
END_TEST

UNIT_MAIN("api-gateway/gate_request", test_gate_request__the_stricter_mode_applies,
	test_gate_request__carries_who_asks_and_until_when, test_gate_request__what_the_caller_says_is_a_claim)
