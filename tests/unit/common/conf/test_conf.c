#include "conf/conf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

enum colour { RED, GREEN };
static const char *const colours[] = { "red", "green", NULL };

struct settings {
	const char *name;
	const char *optional;
	const char *secret;
	const char *text;
	const char *path;
	int64_t count;
	int64_t wait_ms;
	bool on;
	struct conf_address listen;
	int colour;
};

#define ROW(name, default_value, type, member, ...)                                                        \
	{                                                                                                  \
		name, default_value, "what it means", type, offsetof(struct settings, member), __VA_ARGS__ \
	}

static const struct conf_key table[] = {
	ROW("T_NAME", NULL, CONF_STRING, name, 0, 0, NULL),
	ROW("T_OPTIONAL", "", CONF_STRING, optional, 0, 0, NULL),
	ROW("T_SECRET", "", CONF_SECRET, secret, 0, 0, NULL),
	ROW("T_TEXT", "", CONF_TEXT, text, 0, 0, NULL),
	ROW("T_PATH", "", CONF_PATH, path, 0, 0, NULL),
	ROW("T_COUNT", "7", CONF_INT, count, 1, 10, NULL),
	ROW("T_WAIT", "5s", CONF_DURATION, wait_ms, 1000, 60000, NULL),
	ROW("T_ON", "false", CONF_BOOL, on, 0, 0, NULL),
	ROW("T_LISTEN", "127.0.0.1:8080", CONF_ADDRESS, listen, 0, 0, NULL),
	ROW("T_COLOUR", "green", CONF_ENUM, colour, 0, 0, colours),
	{ 0 },
};

struct variable {
	const char *name, *value;
};

static const char *look_up(const char *name, void *context)
{
	for (const struct variable *v = context; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return v->value;
	}
	return NULL;
}

/* T_NAME is mandatory and always given here, so that a case can set one other variable. */
static bool read_one(const char *name, const char *value, struct settings *out, struct err *err)
{
	struct variable variables[] = { { "T_NAME", "x" }, { name, value }, { 0 } };
	return conf_read(table, look_up, variables, out, err);
}

static void write_file(char *path, const char *content, size_t len)
{
	strcpy(path, "/tmp/test-conf-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, len), (ssize_t)len);
	close(fd);
}

START_TEST(test_conf__takes_the_defaults)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	ck_assert_msg(read_one("T_UNKNOWN", "1", &s, &err), "%s", err.text);
	ck_assert_str_eq(s.name, "x");
	ck_assert_ptr_null(s.optional);
	ck_assert_ptr_null(s.secret);
	ck_assert_int_eq(s.count, 7);
	ck_assert_int_eq(s.wait_ms, 5000);
	ck_assert(!s.on);
	ck_assert_str_eq(s.listen.host, "127.0.0.1");
	ck_assert_int_eq(s.listen.port, 8080);
	ck_assert_int_eq(s.colour, GREEN);
	conf_finish(table, &s);
	ck_assert_ptr_null(s.name);
}
END_TEST

START_TEST(test_conf__names_the_missing_key)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	struct variable none[] = { { 0 } };
	ck_assert(!conf_read(table, look_up, none, &s, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.where, "T_NAME");
}
END_TEST

START_TEST(test_conf__empty_is_not_set)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	struct variable empty[] = { { "T_NAME", "" }, { 0 } };
	ck_assert(!conf_read(table, look_up, empty, &s, &err));
	ck_assert_str_eq(err.where, "T_NAME");
	ck_assert(read_one("T_COUNT", "", &s, &err));
	ck_assert_int_eq(s.count, 7);
	conf_finish(table, &s);
}
END_TEST

START_TEST(test_conf__refuses_wrong_values)
{
	static const struct variable cases[] = { { "T_COUNT", "0" }, { "T_COUNT", "11" }, { "T_COUNT", "3x" },
		{ "T_COUNT", " 3" }, { "T_COUNT", "+3" }, { "T_COUNT", "-" }, { "T_COUNT", "99999999999999999999" },
		{ "T_WAIT", "5" }, { "T_WAIT", "500ms" }, { "T_WAIT", "61s" }, { "T_WAIT", "-5s" }, { "T_ON", "yes" },
		{ "T_ON", "True" }, { "T_LISTEN", "8080" }, { "T_LISTEN", "localhost:80" }, { "T_LISTEN", "::1:80" },
		{ "T_LISTEN", "[127.0.0.1]:80" }, { "T_LISTEN", "127.0.0.1:" }, { "T_LISTEN", "127.0.0.1:65536" },
		{ "T_LISTEN", "127.0.0.1:80x" }, { "T_LISTEN", "127.0.0.1:+80" }, { "T_COLOUR", "blue" },
		{ "T_OPTIONAL", "a\nb" }, { "T_OPTIONAL", "\xff" }, { "T_SECRET", "\xc0\x80" },
		{ "T_PATH", "/nowhere" }, { "T_PATH", "/tmp" } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings s = { 0 };
		struct err err = { 0 };
		ck_assert_msg(
			!read_one(cases[i].name, cases[i].value, &s, &err), "%s=%s", cases[i].name, cases[i].value);
		ck_assert_int_eq(err.kind, ERR_CONFIG);
		ck_assert_str_eq(err.where, cases[i].name);
		ck_assert_ptr_null(s.name);
	}
}
END_TEST

START_TEST(test_conf__reads_addresses)
{
	static const struct {
		const char *text, *host;
		int port;
	} cases[] = { { ":0", "", 0 }, { "[::1]:443", "::1", 443 }, { "0.0.0.0:65535", "0.0.0.0", 65535 },
		{ "[2001:db8::7]:80", "2001:db8::7", 80 } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings s = { 0 };
		struct err err = { 0 };
		ck_assert_msg(read_one("T_LISTEN", cases[i].text, &s, &err), "%s", err.text);
		ck_assert_str_eq(s.listen.host, cases[i].host);
		ck_assert_int_eq(s.listen.port, cases[i].port);
		conf_finish(table, &s);
	}
}
END_TEST

START_TEST(test_conf__reads_a_secret_from_its_file_without_the_final_newline)
{
	char path[64];
	write_file(path, "hunter2\n\n", 9);
	struct settings s = { 0 };
	struct err err = { 0 };
	bool ok = read_one("T_SECRET_FILE", path, &s, &err);
	unlink(path);
	ck_assert_msg(ok, "%s", err.text);
	ck_assert_str_eq(s.secret, "hunter2\n");
	conf_finish(table, &s);
}
END_TEST

START_TEST(test_conf__refuses_a_secret_given_twice)
{
	struct variable both[] = { { "T_NAME", "x" }, { "T_SECRET", "hunter2" }, { "T_SECRET_FILE", "/nowhere" },
		{ 0 } };
	struct settings s = { 0 };
	struct err err = { 0 };
	ck_assert(!conf_read(table, look_up, both, &s, &err));
	ck_assert_str_eq(err.where, "T_SECRET");
	ck_assert_ptr_null(strstr(err.text, "hunter2"));
}
END_TEST

START_TEST(test_conf__names_the_twin_whose_file_is_wrong)
{
	char empty[64], nul[64];
	write_file(empty, "\n", 1);
	write_file(nul, "a\0b", 3);
	const char *const paths[] = { "/nowhere", "/tmp", empty, nul };
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct settings s = { 0 };
		struct err err = { 0 };
		ck_assert(!read_one("T_SECRET_FILE", paths[i], &s, &err));
		ck_assert_str_eq(err.where, "T_SECRET_FILE");
	}
	unlink(empty);
	unlink(nul);
}
END_TEST

START_TEST(test_conf__has_no_file_twin_for_plain_keys)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	ck_assert(read_one("T_OPTIONAL_FILE", "/nowhere", &s, &err));
	conf_finish(table, &s);
}
END_TEST

START_TEST(test_conf__never_puts_a_secret_into_the_error)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	ck_assert(!read_one("T_SECRET", "hunter2\xff", &s, &err));
	ck_assert_ptr_null(strstr(err.text, "hunter2"));
}
END_TEST

START_TEST(test_conf__takes_a_readable_path)
{
	char path[64];
	write_file(path, "", 0);
	struct settings s = { 0 };
	struct err err = { 0 };
	bool ok = read_one("T_PATH", path, &s, &err);
	ck_assert_msg(ok, "%s", err.text);
	ck_assert_str_eq(s.path, path);
	unlink(path);
	conf_finish(table, &s);
}
END_TEST

UNIT_MAIN("conf/conf", test_conf__takes_the_defaults, test_conf__names_the_missing_key, test_conf__empty_is_not_set,
	test_conf__refuses_wrong_values, test_conf__reads_addresses,
	test_conf__reads_a_secret_from_its_file_without_the_final_newline, test_conf__refuses_a_secret_given_twice,
	test_conf__names_the_twin_whose_file_is_wrong, test_conf__has_no_file_twin_for_plain_keys,
	test_conf__never_puts_a_secret_into_the_error, test_conf__takes_a_readable_path)
