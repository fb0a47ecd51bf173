#include "args.h"

#include <string.h>

#include "unit.h"

struct options {
	const char *service;
	bool dry_run;
	struct arg_list evidence;
	int64_t limit, wait_ms, at_us;
	int mode;
	const char *token;
};

static const char *const modes[] = { "shadow", "enforce", NULL };

#define AT(member) offsetof(struct options, member)

static const struct arg_option table[] = {
	{ "service", "NAME", "the service", ARG_TEXT, AT(service), .variables = "CI_SERVICE OTHER_SERVICE",
		.mandatory = true },
	{ "dry-run", NULL, "do nothing", ARG_FLAG, AT(dry_run) },
	{ "evidence", "SPEC", "evidence", ARG_LIST, AT(evidence) },
	{ "limit", "N", "limit", ARG_INT, AT(limit), .default_value = "50", .min = 1, .max = 100 },
	{ "wait", "DURATION", "wait", ARG_DURATION, AT(wait_ms), .default_value = "30s", .max = 60000 },
	{ "at", "TIME", "time", ARG_TIME, AT(at_us) },
	{ "mode", "MODE", "mode", ARG_ENUM, AT(mode), .names = modes },
	{ NULL, NULL, "the token", ARG_TEXT, AT(token), .variables = "SECRET_TOKEN" },
	{ 0 },
};

/* The environment: name, value, NULL at the end. */
static const char *lookup(const char *name, void *context)
{
	for (const char **pair = context; pair != NULL && *pair != NULL; pair += 2)
		if (strcmp(pair[0], name) == 0)
			return pair[1];
	return NULL;
}

struct parsed {
	struct options options;
	struct arg_list operands;
	struct err err;
	struct arena *arena;
	bool ok;
};

static struct parsed parse(const char **environment, int argc, const char **argv)
{
	struct parsed parsed = { .arena = arena_create() };
	const struct arg_set set = { "Options", table, &parsed.options };
	parsed.ok = args_parse(
		&set, 1, (char *const *)argv, argc, lookup, environment, parsed.arena, &parsed.operands, &parsed.err);
	return parsed;
}

#define PARSE(environment, ...)                                                             \
	parse(environment, (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
		(const char *[]){ __VA_ARGS__ })

static void expect_refused(struct parsed parsed, const char *where)
{
	ck_assert(!parsed.ok);
	ck_assert_int_eq(parsed.err.kind, ERR_USAGE);
	ck_assert_str_eq(parsed.err.where, where);
	arena_destroy(parsed.arena);
}

START_TEST(test_args__reads_both_notations)
{
	struct parsed p = PARSE(NULL, "--service", "checkout", "--limit=7", "FILE");
	ck_assert_msg(p.ok, "%s", p.err.text);
	ck_assert_str_eq(p.options.service, "checkout");
	ck_assert_int_eq(p.options.limit, 7);
	ck_assert_uint_eq(p.operands.count, 1);
	ck_assert_str_eq(p.operands.items[0], "FILE");
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__gives_defaults)
{
	struct parsed p = PARSE(NULL, "--service=a");
	ck_assert(p.ok);
	ck_assert_int_eq(p.options.limit, 50);
	ck_assert_int_eq(p.options.wait_ms, 30000);
	ck_assert_int_eq(p.options.mode, -1);
	ck_assert(!p.options.dry_run);
	ck_assert_ptr_null(p.options.token);
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__keeps_every_item_of_a_list)
{
	struct parsed p = PARSE(NULL, "--service=a", "--evidence", "a=b", "--evidence=c=d:e");
	ck_assert(p.ok);
	ck_assert_uint_eq(p.options.evidence.count, 2);
	ck_assert_str_eq(p.options.evidence.items[0], "a=b");
	ck_assert_str_eq(p.options.evidence.items[1], "c=d:e");
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__takes_the_twin_of_a_flag)
{
	const char *environment[] = { "RELEASEPASSPORT_SERVICE", "twin", "RELEASEPASSPORT_DRY_RUN", "true",
		"CI_SERVICE", "ci", NULL };
	struct parsed p = PARSE(environment, "--");
	ck_assert_msg(p.ok, "%s", p.err.text);
	ck_assert_str_eq(p.options.service, "twin");
	ck_assert(p.options.dry_run);
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__flags_win_over_variables)
{
	const char *environment[] = { "RELEASEPASSPORT_SERVICE", "twin", "RELEASEPASSPORT_DRY_RUN", "true", NULL };
	struct parsed p = PARSE(environment, "--service", "flag", "--dry-run=false");
	ck_assert(p.ok);
	ck_assert_str_eq(p.options.service, "flag");
	ck_assert(!p.options.dry_run);
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__takes_the_first_variable_that_is_not_empty)
{
	const char *environment[] = { "CI_SERVICE", "", "OTHER_SERVICE", "other", "SECRET_TOKEN", "s", NULL };
	struct parsed p = PARSE(environment, "--");
	ck_assert(p.ok);
	ck_assert_str_eq(p.options.service, "other");
	ck_assert_str_eq(p.options.token, "s");
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__names_a_variable_that_is_wrong)
{
	const char *environment[] = { "RELEASEPASSPORT_LIMIT", "many", NULL };
	expect_refused(PARSE(environment, "--service=a"), "RELEASEPASSPORT_LIMIT");
}
END_TEST

START_TEST(test_args__refuses_what_is_wrong)
{
	expect_refused(PARSE(NULL, "--"), "--service");
	expect_refused(PARSE(NULL, "--service=a", "--bogus=1"), "--bogus");
	expect_refused(PARSE(NULL, "--service=a", "--serv", "x"), "--serv");
	expect_refused(PARSE(NULL, "--service=a", "-x"), "-x");
	expect_refused(PARSE(NULL, "--service"), "--service");
	expect_refused(PARSE(NULL, "--service="), "--service");
	expect_refused(PARSE(NULL, "--service=a", "--service=b"), "--service");
	expect_refused(PARSE(NULL, "--service=a", "--limit=0"), "--limit");
	expect_refused(PARSE(NULL, "--service=a", "--limit=101"), "--limit");
	expect_refused(PARSE(NULL, "--service=a", "--limit=7x"), "--limit");
	expect_refused(PARSE(NULL, "--service=a", "--wait=5"), "--wait");
	expect_refused(PARSE(NULL, "--service=a", "--wait=61s"), "--wait");
	expect_refused(PARSE(NULL, "--service=a", "--at=yesterday"), "--at");
	expect_refused(PARSE(NULL, "--service=a", "--mode=ENFORCE"), "--mode");
	expect_refused(PARSE(NULL, "--service=a", "--dry-run=yes"), "--dry-run");
}
END_TEST

START_TEST(test_args__reads_durations_times_and_words)
{
	struct parsed p = PARSE(NULL, "--service=a", "--wait=1m", "--at", "1970-01-01T00:00:01Z", "--mode", "enforce");
	ck_assert_msg(p.ok, "%s", p.err.text);
	ck_assert_int_eq(p.options.wait_ms, 60000);
	ck_assert_int_eq(p.options.at_us, 1000000);
	ck_assert_int_eq(p.options.mode, 1);
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__takes_what_is_behind_two_dashes_as_it_is)
{
	struct parsed p = PARSE(NULL, "--service=a", "-", "--", "--limit=7");
	ck_assert(p.ok);
	ck_assert_uint_eq(p.operands.count, 2);
	ck_assert_str_eq(p.operands.items[0], "-");
	ck_assert_str_eq(p.operands.items[1], "--limit=7");
	arena_destroy(p.arena);
}
END_TEST

START_TEST(test_args__describes_each_option)
{
	struct options options;
	const struct arg_set set = { "Options", table, &options };
	owned_buf struct buf text = { 0 };
	args_describe(&set, &text);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "[RELEASEPASSPORT_SERVICE CI_SERVICE OTHER_SERVICE]"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "--limit N"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "(default 50)"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "  SECRET_TOKEN\n"));
	ck_assert_ptr_null(strstr(buf_str(&text), "RELEASEPASSPORT_EVIDENCE"));
}
END_TEST

UNIT_MAIN("releasepassport/args", test_args__reads_both_notations, test_args__gives_defaults,
	test_args__keeps_every_item_of_a_list, test_args__takes_the_twin_of_a_flag, test_args__flags_win_over_variables,
	test_args__takes_the_first_variable_that_is_not_empty, test_args__names_a_variable_that_is_wrong,
	test_args__refuses_what_is_wrong, test_args__reads_durations_times_and_words,
	test_args__takes_what_is_behind_two_dashes_as_it_is, test_args__describes_each_option)
