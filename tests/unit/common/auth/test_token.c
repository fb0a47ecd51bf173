#include "auth/token.h"

#include <string.h>

#include "json/json.h"
#include "unit.h"

static bool read_scopes(const char *text, struct arena *arena, struct token_identity *identity, struct err *err)
{
	owned(json) struct json_object *json = NULL;
	ck_assert(json_parse(text, strlen(text), &json, err));
	return token_grants_read(json, "/scopes", arena, &identity->grants, &identity->grant_count, err);
}

START_TEST(test_token__is_fresh_and_well_formed)
{
	char one[TOKEN_SIZE], other[TOKEN_SIZE];
	token_generate(one);
	token_generate(other);
	ck_assert(token_well_formed(one));
	ck_assert_str_ne(one, other);
	one[TOKEN_SIZE - 2] = '!';
	ck_assert(!token_well_formed(one));
	other[TOKEN_SIZE - 2] = '\0';
	ck_assert(!token_well_formed(other));
	ck_assert(!token_well_formed(""));
}
END_TEST

static const struct {
	enum token_scope scope;
	const char *type, *service, *environment;
	bool allowed;
} asked[] = {
	{ TOKEN_GATE, NULL, "checkout", "production", true },
	{ TOKEN_GATE, NULL, "checkout", "staging", false },
	{ TOKEN_GATE, NULL, "cart", "production", false },
	{ TOKEN_GATE, NULL, NULL, NULL, true },
	{ TOKEN_READ, NULL, "cart", "staging", true },
	{ TOKEN_INGEST, "smoke", "cart", "staging", true },
	{ TOKEN_INGEST, "scan", "cart", "staging", false },
	{ TOKEN_ADMIN, NULL, NULL, NULL, false },
	{ TOKEN_POLICY, NULL, NULL, NULL, false },
};

START_TEST(test_token__allows_what_its_scopes_say_and_no_more)
{
	owned(arena) struct arena *arena = arena_create();
	struct token_identity identity = { 0 };
	struct err err = { 0 };
	ck_assert_msg(read_scopes("[{\"scope\":\"gate\",\"services\":[\"checkout\"],\"environments\":[\"production\"]},"
				  "{\"scope\":\"read\"},{\"scope\":\"ingest:smoke\",\"services\":[\"*\"]}]",
			      arena, &identity, &err),
		"%s: %s", err.where, err.text);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		ck_assert_msg(token_allows(&identity, asked[i].scope, asked[i].type, asked[i].service,
				      asked[i].environment) == asked[i].allowed,
			"case %zu", i);
}
END_TEST

START_TEST(test_token__admin_implies_nothing_else)
{
	owned(arena) struct arena *arena = arena_create();
	struct token_identity identity = { 0 };
	struct err err = { 0 };
	ck_assert(read_scopes("[{\"scope\":\"admin\"}]", arena, &identity, &err));
	for (int scope = 0; scope < TOKEN_SCOPE_COUNT; scope++)
		ck_assert_int_eq(
			token_allows(&identity, (enum token_scope)scope, NULL, NULL, NULL), scope == TOKEN_ADMIN);
}
END_TEST

static const struct {
	const char *text, *where;
} wrong[] = {
	{ "{}", "/scopes" },
	{ "[]", "/scopes" },
	{ "[{\"scope\":\"root\"}]", "/scopes/0/scope" },
	{ "[{\"scope\":\"ingest:a b\"}]", "/scopes/0/scope" },
	{ "[{\"scope\":\"gate\"},{\"scope\":\"read\",\"services\":[]}]", "/scopes/1/services" },
	{ "[{\"scope\":\"gate\",\"environments\":[\"*\",\"a b\"]}]", "/scopes/0/environments/1" },
	{ "[{\"scope\":\"gate\",\"colour\":1}]", "/scopes/0/colour" },
};

START_TEST(test_token__names_the_place_of_a_wrong_scope)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		owned(arena) struct arena *arena = arena_create();
		struct token_identity identity = { 0 };
		struct err err = { 0 };
		ck_assert_msg(!read_scopes(wrong[i].text, arena, &identity, &err), "%s", wrong[i].text);
		ck_assert_msg(strcmp(err.where, wrong[i].where) == 0, "%s: %s", wrong[i].text, err.where);
	}
}
END_TEST

UNIT_MAIN("auth/token", test_token__is_fresh_and_well_formed, test_token__allows_what_its_scopes_say_and_no_more,
	test_token__admin_implies_nothing_else, test_token__names_the_place_of_a_wrong_scope)
