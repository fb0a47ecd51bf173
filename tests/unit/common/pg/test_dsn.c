#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "pg/dsn.h"

static void without_environment(void)
{
	unsetenv("PGHOST");
	unsetenv("PGHOSTADDR");
	unsetenv("PGPORT");
}

START_TEST(test_dsn__reads_hosts_and_ports)
{
	static const struct {
		const char *text, *hosts; /* hosts as name:port, each followed by a space */
	} cases[] = {
		{ "host=db dbname=x", "db:5432 " },
		{ "host=db port=6000", "db:6000 " },
		{ "postgresql://u:p@db:6000/x?sslmode=verify-full", "db:6000 " },
		{ "host=a,b,c port=1,2,3", "a:1 b:2 c:3 " },
		{ "host=a,b port=7", "a:7 b:7 " },
		{ "host=/run/postgresql", "/run/postgresql:5432 " },
		{ "postgresql:///x?host=/run/pg&port=6001", "/run/pg:6001 " },
		{ "dbname=x", "" },
		{ "host=db hostaddr=10.0.0.1", "" },
	};
	without_environment();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dsn dsn;
		struct err err = { 0 };
		char hosts[256] = "";
		ck_assert_msg(dsn_parse(cases[i].text, &dsn, &err), "%s: %s", cases[i].text, err.text);
		for (int h = 0; h < dsn.host_count; h++) {
			strcat(strcat(hosts, dsn.hosts[h].name), ":");
			strcat(strcat(hosts, dsn.hosts[h].port), " ");
		}
		ck_assert_str_eq(hosts, cases[i].hosts);
		dsn_finish(&dsn);
	}
}
END_TEST

START_TEST(test_dsn__refuses_what_it_cannot_use)
{
	static const char *const cases[] = {
		"colour=blue",
		"postgresql://db/x?nonsense=1",
		"host='unclosed",
		"service=prod",
		"host=a,b port=1,2,3",
		"host=a,,b",
		"host=a,b,c,d,e,f,g,h,i",
	};
	without_environment();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dsn dsn = { 0 };
		struct err err = { 0 };
		ck_assert_msg(!dsn_parse(cases[i], &dsn, &err), "%s", cases[i]);
		ck_assert_int_eq(err.kind, ERR_CONFIG);
		ck_assert_ptr_null(dsn.options);
	}
}
END_TEST

START_TEST(test_dsn__takes_the_environment_for_what_is_left_out)
{
	without_environment();
	setenv("PGHOST", "fromenv", 1);
	setenv("PGPORT", "6543", 1);
	struct dsn dsn;
	struct err err;
	ck_assert(dsn_parse("dbname=x", &dsn, &err));
	ck_assert_int_eq(dsn.host_count, 1);
	ck_assert_str_eq(dsn.hosts[0].name, "fromenv");
	ck_assert_str_eq(dsn.hosts[0].port, "6543");
	dsn_finish(&dsn);
	without_environment();
}
END_TEST

START_TEST(test_dsn__gives_values)
{
	without_environment();
	struct dsn dsn;
	struct err err;
	ck_assert(dsn_parse("postgresql://user@db/name?application_name=", &dsn, &err));
	ck_assert_str_eq(dsn_value(&dsn, "user"), "user");
	ck_assert_str_eq(dsn_value(&dsn, "dbname"), "name");
	ck_assert_ptr_null(dsn_value(&dsn, "application_name"));
	ck_assert_ptr_null(dsn_value(&dsn, "password"));
	dsn_finish(&dsn);
}
END_TEST

UNIT_MAIN("pg/dsn", test_dsn__reads_hosts_and_ports, test_dsn__refuses_what_it_cannot_use,
	test_dsn__takes_the_environment_for_what_is_left_out, test_dsn__gives_values)
