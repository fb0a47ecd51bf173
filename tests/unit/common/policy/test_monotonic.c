/*
 * Properties that hold for every policy: losing evidence and adding rules never make a decision milder, the order of
 * rules and facts shows nowhere, the same input gives the same bytes. Policies and facts are random, the seeds are
 * fixed.
 */
#include <string.h>

#include "base/buf.h"
#include "policy/names.h"
#include "scene.h"
#include "unit.h"

#define ROUNDS 400
#define NAMES 4
#define RULES_MAX 5

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static uint32_t below(uint32_t *state, uint32_t limit)
{
	return next(state) % limit;
}

/* Evidence e0 to e3: two posted, one observed, one claimed. */
static const char declarations[] = "apiVersion: releasepassport.dev/v1\nkind: Policy\nname: p\nversion: '1'\n"
				   "canary: {steps: [{weight: 5, pause: 1m}]}\n"
				   "evidence:\n"
				   "  - {name: e0, maxAge: 1h}\n"
				   "  - {name: e1, maxAge: 10m}\n"
				   "  - {name: e2, connector: prometheus, query: q, maxAge: 2m}\n"
				   "  - {name: e3, class: claimed}\n"
				   "rules:\n";

static const char *const kinds[] = { "ALLOW_WITH_CANARY", "REQUIRE_APPROVAL", "HOLD", "BLOCK", "ROLLBACK_RECOMMENDED" };

static void add_rule(struct buf *rule, uint32_t *seed, unsigned id)
{
	owned_buf struct buf require = { 0 };
	unsigned a = below(seed, NAMES), b = below(seed, NAMES);
	switch (below(seed, 6)) {
	case 0: buf_printf(&require, "e%u.x > 1 && e%u.x < 9", a, b); break;
	case 1: buf_printf(&require, "e%u.x > 1 || e%u.x < 9", a, b); break;
	case 2: buf_printf(&require, "!(e%u.x > 5) && e%u.x != 3", a, b); break;
	case 3: buf_printf(&require, "has(e%u.y) || e%u.x > 2", a, b); break;
	case 4: buf_printf(&require, "e%u.x / (e%u.x - 3) > 0", a, b); break;
	default: buf_printf(&require, "e%u.x > 2 ? e%u.x > 2 : mode == 'shadow'", a, b); break;
	}
	uint32_t otherwise = below(seed, ARRAY_SIZE(kinds));
	buf_printf(rule, "  - {id: r%u, require: \"%s\", otherwise: %s", id, buf_str(&require), kinds[otherwise]);
	/* Stricter than the default is always allowed. */
	if (below(seed, 4) == 0)
		buf_append_str(rule, ", missing: ROLLBACK_RECOMMENDED");
	buf_append_str(rule, "}\n");
}

/* Random facts, at most one for each piece of evidence, so that to lose the fact is to lose the evidence. */
static void add_facts(struct scene *scene, uint32_t *seed)
{
	for (unsigned i = 0; i < NAMES; i++) {
		Rp__V1__Fact *fact;
		if (below(seed, 6) == 0)
			continue;
		const char *name = arena_printf(scene->arena, "e%u", i);
		const char *value =
			arena_printf(scene->arena, below(seed, 5) == 0 ? "{\"y\":%u}" : "{\"x\":%u}", below(seed, 10));
		if (i == 2)
			fact = scene_observe(scene, "q", value);
		else if (i == 3)
			fact = scene_claim(scene, name, value);
		else
			fact = scene_post(scene, name, value);
		if (below(seed, 5) == 0)
			fact->status = (Rp__V1__FactStatus)(1 + below(seed, 6));
		fact->observed_at_us -= (int64_t)below(seed, 3) * 100 * SCENE_SECOND_US;
	}
}

struct world {
	struct scene scene;
	struct buf rules[RULES_MAX];
	unsigned rule_count;
};

static void world_init(struct world *world, uint32_t seed)
{
	memset(world, 0, sizeof(*world));
	scene_init(&world->scene);
	world->rule_count = 2 + below(&seed, RULES_MAX - 1);
	for (unsigned i = 0; i < world->rule_count; i++)
		add_rule(&world->rules[i], &seed, i);
	add_facts(&world->scene, &seed);
}

static void world_finish(struct world *world)
{
	for (unsigned i = 0; i < RULES_MAX; i++)
		buf_finish(&world->rules[i]);
	scene_finish(&world->scene);
}

/* Decides by the first count of the rules, starting with rule first. */
static Rp__V1__Decision decide_by(struct world *world, unsigned count, unsigned first, struct buf *packed)
{
	owned_buf struct buf text = { 0 };
	buf_append_str(&text, declarations);
	for (unsigned i = 0; i < count; i++)
		buf_append_str(&text, buf_str(&world->rules[(first + i) % count]));
	owned(policy) struct policy *policy = scene_policy(buf_str(&text));
	const Rp__V1__Verdict *verdict = scene_decide(&world->scene, policy);
	Rp__V1__Decision worst = RP__V1__DECISION__DECISION_ALLOW;
	for (size_t i = 0; i < verdict->n_rules; i++)
		worst = decision_worse(worst, verdict->rules[i]->outcome);
	/* What the signer holds every verdict to. */
	ck_assert_int_eq(worst, verdict->decision);
	if (packed != NULL) {
		size_t size = rp__v1__verdict__get_packed_size(verdict);
		uint8_t *bytes = arena_alloc(world->scene.arena, size);
		rp__v1__verdict__pack(verdict, bytes);
		buf_append(packed, bytes, size);
	}
	return verdict->decision;
}

/* A rollback is recommended on what was seen, so its loss leaves a HOLD: nothing that goes through. */
static void expect_not_milder(Rp__V1__Decision before, Rp__V1__Decision after, uint32_t seed)
{
	Rp__V1__Decision least =
		before == RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED ? RP__V1__DECISION__DECISION_HOLD : before;
	ck_assert_msg(after >= least, "seed %u: %s became %s", seed, decision_name(before), decision_name(after));
}

START_TEST(test_monotonic__losing_a_fact_is_never_milder)
{
	unsigned seen[RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED + 1] = { 0 };
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct world world;
		world_init(&world, seed);
		Rp__V1__Decision before = decide_by(&world, world.rule_count, 0, NULL);
		seen[before]++;
		for (size_t i = 0; i < world.scene.request.n_facts; i++) {
			Rp__V1__Fact *lost = world.scene.facts[i];
			world.scene.facts[i] = world.scene.facts[--world.scene.request.n_facts];
			expect_not_milder(before, decide_by(&world, world.rule_count, 0, NULL), seed);
			world.scene.facts[world.scene.request.n_facts++] = world.scene.facts[i];
			world.scene.facts[i] = lost;
		}
		world.scene.observed_count = 0;
		expect_not_milder(before, decide_by(&world, world.rule_count, 0, NULL), seed);
		world_finish(&world);
	}
	/* The worlds are of every kind, else this would prove little. */
	for (int i = RP__V1__DECISION__DECISION_ALLOW; i <= RP__V1__DECISION__DECISION_ROLLBACK_RECOMMENDED; i++)
		ck_assert_msg(seen[i] > 0, "no world where the decision is %s", decision_name((Rp__V1__Decision)i));
}
END_TEST

START_TEST(test_monotonic__adding_a_rule_is_never_milder)
{
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct world world;
		world_init(&world, seed);
		Rp__V1__Decision before = decide_by(&world, 1, 0, NULL);
		for (unsigned count = 2; count <= world.rule_count; count++) {
			Rp__V1__Decision after = decide_by(&world, count, 0, NULL);
			ck_assert_msg(after >= before, "seed %u: %s became %s", seed, decision_name(before),
				decision_name(after));
			before = after;
		}
		world_finish(&world);
	}
}
END_TEST

START_TEST(test_monotonic__a_milder_rule_more_is_never_milder)
{
	static const char milder[] = "  - {id: m, require: e0.x > 0, otherwise: HOLD, missing: ALLOW, milder: true}\n";
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct world world;
		world_init(&world, seed);
		world.rule_count = 2;
		Rp__V1__Decision before = decide_by(&world, 1, 0, NULL);
		buf_truncate(&world.rules[1], 0);
		buf_append_str(&world.rules[1], milder);
		ck_assert_int_ge(decide_by(&world, 2, 0, NULL), before);
		world_finish(&world);
	}
}
END_TEST

START_TEST(test_monotonic__order_never_matters)
{
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct world world;
		world_init(&world, seed);
		Rp__V1__Decision before = decide_by(&world, world.rule_count, 0, NULL);
		ck_assert_int_eq(decide_by(&world, world.rule_count, 1, NULL), before);
		owned_buf struct buf first = { 0 }, again = { 0 }, turned = { 0 };
		decide_by(&world, world.rule_count, 0, &first);
		decide_by(&world, world.rule_count, 0, &again);
		for (size_t i = 0, n = world.scene.request.n_facts; i < n / 2; i++) {
			Rp__V1__Fact *moved = world.scene.facts[i];
			world.scene.facts[i] = world.scene.facts[n - 1 - i];
			world.scene.facts[n - 1 - i] = moved;
		}
		decide_by(&world, world.rule_count, 0, &turned);
		ck_assert_uint_eq(first.len, again.len);
		ck_assert_mem_eq(first.data, again.data, first.len);
		ck_assert_uint_eq(first.len, turned.len);
		ck_assert_mem_eq(first.data, turned.data, first.len);
		world_finish(&world);
	}
}
END_TEST

UNIT_MAIN("policy/monotonic", test_monotonic__losing_a_fact_is_never_milder,
	test_monotonic__adding_a_rule_is_never_milder, test_monotonic__a_milder_rule_more_is_never_milder,
	test_monotonic__order_never_matters)
