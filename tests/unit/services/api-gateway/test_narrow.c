#include "narrow.h"

#include "unit.h"

START_TEST(test_narrow__names_the_grants_of_the_scope_alone)
{
	static const char *const all[] = { "*" }, *const some[] = { "a", "b" }, *const production[] = { "production" };
	static const struct token_grant grants[] = {
		{ TOKEN_READ, NULL, all, 1, production, 1 },
		{ TOKEN_GATE, NULL, all, 1, all, 1 },
		{ TOKEN_READ, NULL, some, 2, all, 1 },
	};
	const struct token_identity identity = { .grants = grants, .grant_count = ARRAY_SIZE(grants) };
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(
		narrow_grants(&identity, TOKEN_READ, arena), "[[[\"*\"],[\"production\"]],[[\"a\",\"b\"],[\"*\"]]]");
}
END_TEST

START_TEST(test_narrow__shows_nothing_without_a_grant)
{
	const struct token_identity identity = { 0 };
	owned(arena) struct arena *arena = arena_create();
	ck_assert_str_eq(narrow_grants(&identity, TOKEN_READ, arena), "[]");
}
END_TEST

UNIT_MAIN("api-gateway/narrow", test_narrow__names_the_grants_of_the_scope_alone,
	test_narrow__shows_nothing_without_a_grant)
