/* The PostgreSQL layer against a real server: works, errors, restarts, and a loop that never stands still. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client.h"
#include "server.h"

#define ITEM(id, name)                     \
	(struct pg_param[])                \
	{                                  \
		PG_TEXT(id), PG_TEXT(name) \
	}
#define ONE(text)             \
	(struct pg_param[])   \
	{                     \
		PG_TEXT(text) \
	}

static void set_up(void)
{
	server_sql("SET client_min_messages = warning; DROP SCHEMA IF EXISTS releasepassport CASCADE; CREATE SCHEMA "
		   "releasepassport;"
		   "SET search_path = releasepassport;"
		   "CREATE TABLE item (id bigint PRIMARY KEY, name text CHECK (name <> 'bad'));"
		   "CREATE TABLE child (item bigint REFERENCES item);"
		   "CREATE TABLE late (item bigint REFERENCES item DEFERRABLE INITIALLY DEFERRED);"
		   "CREATE TABLE changing (a text);");
}

START_TEST(test_pg__carries_every_type_both_ways)
{
	struct client *client = client_create(server_url(), 1, true);
	static const char bytes[] = { 0, 1, (char)0xff, 'x' };
	char number[PG_NUMBER_SIZE], time[CLOCK_RFC3339_SIZE];
	struct outcome outcome = client_ask(client, &echo,
		(struct pg_param[]){ PG_TEXT("häuser"), PG_BYTES(bytes, sizeof(bytes)),
			pg_param_time(INT64_C(1779012720250001), time), pg_param_int(-7, number) });
	ck_assert_msg(outcome.ok, "%s", outcome.err.text);
	ck_assert_str_eq(outcome.value, "häuser");
	client_destroy(client);
}
END_TEST

static void check_echo(const struct pg_result *result, void *arg)
{
	ck_assert_int_eq(pg_time_us(result, 0, 2), INT64_C(1779012720250001));
	ck_assert_int_eq(pg_int(result, 0, 3), -7);
	owned_buf struct buf out = { 0 };
	pg_bytes(result, 0, 1, &out);
	ck_assert_uint_eq(out.len, 70000);
	for (size_t i = 0; i < out.len; i++)
		ck_assert_int_eq((unsigned char)out.data[i], i % 256);
	*(bool *)arg = true;
}

START_TEST(test_pg__carries_large_bytes)
{
	struct client *client = client_create(server_url(), 1, true);
	static char bytes[70000];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 256);
	char number[PG_NUMBER_SIZE], time[CLOCK_RFC3339_SIZE];
	bool checked = false;
	struct outcome outcome;
	struct pg_work *work = pg_work_create(client->pg, NULL);
	pg_work_add(work, &echo,
		(struct pg_param[]){ PG_TEXT(NULL), PG_BYTES(bytes, sizeof(bytes)),
			pg_param_time(INT64_C(1779012720250001), time), pg_param_int(-7, number) },
		check_echo, &checked);
	client_start(work, &outcome);
	ck_assert(client_wait(client, &outcome.calls, 1, 5000));
	ck_assert(outcome.ok && checked);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__sends_more_than_the_socket_takes_at_once)
{
	enum { SIZE = 32 << 20 };
	struct client *client = client_create(server_url(), 1, true);
	char *bytes = mem_zalloc(SIZE, 1);
	struct outcome large, next;
	client_run(client, &measure, (struct pg_param[]){ PG_BYTES(bytes, SIZE) }, &large);
	free(bytes);
	client_run(client, &backend, NULL, &next);
	ck_assert(client_wait(client, &next.calls, 1, 10000));
	ck_assert_msg(large.ok, "%s", large.err.text);
	ck_assert_int_eq(atoi(large.value), SIZE);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__pipelines_works_in_order)
{
	enum { WORKS = 200 };
	static struct outcome outcomes[WORKS];
	struct client *client = client_create(server_url(), 1, true);
	for (int i = 0; i < WORKS; i++) {
		char number[PG_NUMBER_SIZE];
		struct pg_param param = pg_param_int(i, number);
		client_run(client, &add_numbers, &param, &outcomes[i]);
	}
	ck_assert_uint_eq(pg_pending(client->pg), WORKS);
	ck_assert(client_wait(client, &outcomes[WORKS - 1].calls, 1, 5000));
	for (int i = 0; i < WORKS; i++) {
		ck_assert(outcomes[i].ok && outcomes[i].calls == 1);
		ck_assert_int_eq(atoi(outcomes[i].value), i + 1);
		ck_assert(i == 0 || outcomes[i].order == outcomes[i - 1].order + 1);
	}
	ck_assert_uint_eq(pg_pending(client->pg), 0);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__an_error_rolls_back_its_work_and_no_other)
{
	set_up();
	struct client *client = client_create(server_url(), 1, true);
	struct outcome first, second, third;
	client_run(client, &insert_item, ITEM("1", "a"), &first);
	struct pg_work *work = pg_work_create(client->pg, NULL);
	client_add(work, &insert_item, ITEM("2", "b"), &second);
	client_add(work, &insert_item, ITEM("1", "again"), &second);
	client_add(work, &insert_item, ITEM("3", "c"), &second);
	client_start(work, &second);
	client_run(client, &insert_item, ITEM("4", "d"), &third);
	ck_assert(client_wait(client, &third.calls, 1, 5000));
	ck_assert(first.ok && third.ok && !second.ok);
	ck_assert_int_eq(second.err.kind, ERR_CONFLICT);
	ck_assert_str_eq(second.err.where, "item_pkey");
	ck_assert_str_eq(server_sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM releasepassport.item"), "1,4");
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__names_the_kind_of_each_error)
{
	set_up();
	struct client *client = client_create(server_url(), 1, true);
	struct outcome outcome = client_ask(client, &insert_child, ONE("99"));
	ck_assert_int_eq(outcome.err.kind, ERR_NOT_FOUND);
	ck_assert_str_eq(outcome.err.where, "child_item_fkey");
	outcome = client_ask(client, &insert_item, ITEM("5", "bad"));
	ck_assert_int_eq(outcome.err.kind, ERR_UNPROCESSABLE);
	outcome = client_ask(client, &insert_item, ITEM("no number", "x"));
	ck_assert_int_eq(outcome.err.kind, ERR_UNPROCESSABLE);
	outcome = client_ask(client, &insert_item, ITEM("6", "\xff"));
	ck_assert_int_eq(outcome.err.kind, ERR_UNPROCESSABLE);
	ck_assert_str_eq(client_ask(client, &count_items, NULL).value, "0");
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__a_missing_grant_is_forbidden)
{
	set_up();
	server_sql("GRANT USAGE ON SCHEMA releasepassport TO pg_monitor");
	char dsn[600];
	snprintf(dsn, sizeof(dsn), "%s?options=-c%%20role%%3Dpg_monitor", server_url());
	struct client *client = client_create(dsn, 1, true);
	ck_assert_int_eq(client_ask(client, &count_items, NULL).err.kind, ERR_FORBIDDEN);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__an_error_of_the_commit_is_an_error)
{
	set_up();
	struct client *client = client_create(server_url(), 1, true);
	struct outcome late, next;
	client_run(client, &insert_deferred, ONE("99"), &late);
	client_run(client, &insert_item, ITEM("1", "a"), &next);
	ck_assert(client_wait(client, &next.calls, 1, 5000));
	ck_assert(!late.ok && next.ok);
	ck_assert_int_eq(late.err.kind, ERR_NOT_FOUND);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__the_workspace_ends_with_its_work)
{
	struct client *client = client_create(server_url(), 1, true);
	struct outcome within, second, after;
	struct pg_work *work = pg_work_create(client->pg, "acme");
	client_add(work, &show_workspace, NULL, &within);
	client_add(work, &show_workspace, NULL, &second);
	within = second = (struct outcome){ 0 };
	struct outcome done;
	client_start(work, &done);
	client_run(client, &show_workspace, NULL, &after);
	ck_assert(client_wait(client, &after.calls, 1, 5000));
	ck_assert_str_eq(within.value, "acme");
	ck_assert_str_eq(second.value, "acme");
	ck_assert_str_eq(after.value, "");
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__a_failed_work_delivers_no_result)
{
	set_up();
	struct client *client = client_create(server_url(), 1, true);
	struct outcome outcome;
	struct pg_work *work = pg_work_create(client->pg, NULL);
	client_add(work, &backend, NULL, &outcome);
	client_add(work, &insert_child, ONE("99"), &outcome);
	client_start(work, &outcome);
	ck_assert(client_wait(client, &outcome.calls, 1, 5000));
	ck_assert(!outcome.ok);
	ck_assert_str_eq(outcome.value, "");
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__the_server_ends_what_takes_too_long)
{
	struct client *client = client_create(server_url(), 1, true);
	char before[16];
	strcpy(before, client_ask(client, &backend, NULL).value);
	int64_t start_us = clock_mono_us();
	struct outcome outcome = client_ask(client, &sleep_s, ONE("30"));
	ck_assert_int_eq(outcome.err.kind, ERR_UNAVAILABLE);
	ck_assert_int_lt(clock_mono_us() - start_us, 1400 * CLOCK_US_PER_MS);
	ck_assert_str_eq(client_ask(client, &backend, NULL).value, before);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__gives_up_on_a_server_that_says_nothing)
{
	struct client *client = client_create(server_url(), 1, true);
	pid_t pid = atoi(client_ask(client, &backend, NULL).value);
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	int64_t start_us = clock_mono_us();
	struct outcome outcome;
	client_run(client, &backend, NULL, &outcome);
	bool answered = client_wait(client, &outcome.calls, 1, 10000);
	int64_t waited_ms = (clock_mono_us() - start_us) / CLOCK_US_PER_MS;
	kill(pid, SIGCONT); /* before anything may fail: a stopped process would keep the server from ending */
	ck_assert(answered);
	ck_assert_int_eq(outcome.err.kind, ERR_UNAVAILABLE);
	ck_assert_int_ge(waited_ms, 1400);
	ck_assert_int_lt(waited_ms, 2500);
	ck_assert(client_wait_connected(client, 5000));
	ck_assert(client_ask(client, &backend, NULL).ok);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__tells_notifications)
{
	struct client *client = client_create(server_url(), 2, true);
	server_sql("NOTIFY rp_test, 'from outside'");
	ck_assert(client_wait(client, &client->notified, 1, 5000));
	ck_assert_str_eq(client->channel, "rp_test");
	ck_assert_str_eq(client->payload, "from outside");
	ck_assert(client_ask(client, &notify, ONE("from inside")).ok);
	ck_assert(client_wait(client, &client->notified, 2, 5000));
	ck_assert_str_eq(client->payload, "from inside");
	server_sql("NOTIFY \"needs \"\"quotes\"\"\", 'q'");
	ck_assert(client_wait(client, &client->notified, 3, 5000));
	ck_assert_str_eq(client->channel, "needs \"quotes\"");
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__comes_back_after_a_restart)
{
	set_up();
	struct client *client = client_create(server_url(), 2, true);
	server_halt();
	ck_assert(client_wait(client, &client->disconnects, 1, 5000));
	int64_t start_us = clock_mono_us();
	ck_assert_int_eq(client_ask(client, &count_items, NULL).err.kind, ERR_UNAVAILABLE);
	ck_assert_int_lt(clock_mono_us() - start_us, 50 * CLOCK_US_PER_MS);
	server_resume();
	ck_assert(client_wait_connected(client, 10000));
	ck_assert_int_eq(client->connects, 2);
	ck_assert(client_ask(client, &count_items, NULL).ok);
	server_sql("NOTIFY rp_test, 'again'");
	ck_assert(client_wait(client, &client->notified, 1, 5000));
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__work_in_flight_fails_when_the_server_goes)
{
	struct client *client = client_create(server_url(), 1, true);
	struct outcome sleeping, behind;
	client_run(client, &sleep_s, ONE("0.4"), &sleeping);
	client_run(client, &backend, NULL, &behind);
	int never = 0;
	client_wait(client, &never, 1, 50);
	server_restart();
	ck_assert(client_wait(client, &behind.calls, 1, 5000));
	ck_assert(!sleeping.ok && !behind.ok);
	ck_assert_int_eq(sleeping.err.kind, ERR_UNAVAILABLE);
	ck_assert_int_eq(behind.err.kind, ERR_UNAVAILABLE);
	ck_assert(client_wait_connected(client, 10000));
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__shutdown_fails_what_is_in_flight)
{
	struct client *client = client_create(server_url(), 1, true);
	struct outcome sleeping, refused;
	client_run(client, &sleep_s, ONE("0.4"), &sleeping);
	event_base_loop(client->base, EVLOOP_NONBLOCK);
	client_destroy(client);
	ck_assert_int_eq(sleeping.calls, 1);
	ck_assert_int_eq(sleeping.err.kind, ERR_UNAVAILABLE);

	client = client_create(server_url(), 1, false);
	client_run(client, &backend, NULL, &refused);
	client_destroy(client);
	ck_assert_int_eq(refused.calls, 1);
	ck_assert_int_eq(refused.err.kind, ERR_UNAVAILABLE);
}
END_TEST

/* The longest time that the loop did not turn. */
struct pulse {
	struct event *event;
	int64_t last_us, longest_us;
};

static void on_pulse(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct pulse *pulse = arg;
	int64_t now_us = clock_mono_us();
	if (now_us - pulse->last_us > pulse->longest_us)
		pulse->longest_us = now_us - pulse->last_us;
	pulse->last_us = now_us;
}

START_TEST(test_pg__a_name_that_does_not_resolve_never_stalls_the_loop)
{
	struct client *client = client_create("host=database.invalid dbname=x", 4, false);
	struct pulse pulse = { .last_us = clock_mono_us() };
	pulse.event = event_new(client->base, -1, EV_PERSIST, on_pulse, &pulse);
	event_add(pulse.event, &(struct timeval){ .tv_usec = 1000 });
	int never = 0;
	client_wait(client, &never, 1, 3000);
	ck_assert_int_lt(pulse.longest_us, 50 * CLOCK_US_PER_MS);
	ck_assert(!pg_is_connected(client->pg));
	ck_assert_int_eq(client_ask(client, &backend, NULL).err.kind, ERR_UNAVAILABLE);
	event_free(pulse.event);
	client_destroy(client);
}
END_TEST

static const struct pg_statement of_later = { "of_later", "SELECT a FROM later", 0 };

START_TEST(test_pg__waits_for_a_migration_that_is_still_to_come)
{
	set_up();
	const struct pg_statement *statements[] = { &backend, &of_later };
	struct client *client = client_create_with(server_url(), 1, statements, 2);
	ck_assert(!client_wait_connected(client, 400));
	server_sql("CREATE TABLE releasepassport.later (a text)");
	ck_assert(client_wait_connected(client, 8000));
	ck_assert(client_ask(client, &of_later, NULL).ok);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__plans_that_a_migration_outdated_are_made_again)
{
	set_up();
	struct client *client = client_create(server_url(), 1, true);
	ck_assert(client_ask(client, &select_all, NULL).ok);
	server_sql("ALTER TABLE releasepassport.changing ADD COLUMN b text");
	ck_assert_int_eq(client_ask(client, &select_all, NULL).err.kind, ERR_UNAVAILABLE);
	ck_assert(client_wait(client, &client->connects, 2, 5000));
	ck_assert(client_ask(client, &select_all, NULL).ok);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__spreads_works_over_connections)
{
	struct client *client = client_create(server_url(), 4, true);
	struct outcome sleeping[4];
	int64_t start_us = clock_mono_us();
	for (int i = 0; i < 4; i++)
		client_run(client, &sleep_s, ONE("0.3"), &sleeping[i]);
	for (int i = 0; i < 4; i++)
		ck_assert(client_wait(client, &sleeping[i].calls, 1, 5000));
	ck_assert_int_lt(clock_mono_us() - start_us, 900 * CLOCK_US_PER_MS);
	client_destroy(client);
}
END_TEST

START_TEST(test_pg__sets_up_its_sessions)
{
	struct client *client = client_create(server_url(), 1, true);
	ck_assert_str_eq(server_sql("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE "
				    "'test-%' LIMIT 1"),
		program_invocation_short_name);
	client_destroy(client);
}
END_TEST

/* A certificate for name that the server shows and the client trusts. */
static void use_certificate(const char *name)
{
	char line[1024];
	snprintf(line, sizeof(line),
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=%s'"
		" -addext 'subjectAltName=DNS:%s' -keyout %s/data/server.key -out %s/data/server.crt 2>/dev/null"
		" && cp %s/data/server.crt %s/ca.crt && chmod 644 %s/ca.crt"
		" && chown --reference=%s/data %s/data/server.key %s/data/server.crt && chmod 600 %s/data/server.key",
		name, name, server_folder(), server_folder(), server_folder(), server_folder(), server_folder(),
		server_folder(), server_folder(), server_folder(), server_folder());
	ck_assert_int_eq(system(line), 0);
	server_sql("ALTER SYSTEM SET ssl = on");
	server_sql("SELECT pg_reload_conf()");
}

START_TEST(test_pg__verifies_the_name_that_it_was_told)
{
	char dsn[800];
	const char *port = strrchr(server_url(), ':') + 1;
	const char *password = strchr(server_url() + strlen("postgresql://"), ':') + 1;
	snprintf(dsn, sizeof(dsn),
		"host=localhost port=%.*s user=postgres password=%.*s dbname=postgres"
		" sslmode=verify-full sslrootcert=%s/ca.crt",
		(int)strcspn(port, "/"), port, (int)strcspn(password, "@"), password, server_folder());
	use_certificate("localhost");
	struct client *client = client_create(dsn, 1, true);
	ck_assert(client_ask(client, &backend, NULL).ok);
	client_destroy(client);
	use_certificate("elsewhere.example");
	client = client_create(dsn, 1, false);
	ck_assert(!client_wait_connected(client, 1000));
	client_destroy(client);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { test_pg__carries_every_type_both_ways, test_pg__carries_large_bytes,
		test_pg__sends_more_than_the_socket_takes_at_once, test_pg__pipelines_works_in_order,
		test_pg__an_error_rolls_back_its_work_and_no_other, test_pg__names_the_kind_of_each_error,
		test_pg__a_missing_grant_is_forbidden, test_pg__an_error_of_the_commit_is_an_error,
		test_pg__the_workspace_ends_with_its_work, test_pg__a_failed_work_delivers_no_result,
		test_pg__the_server_ends_what_takes_too_long, test_pg__gives_up_on_a_server_that_says_nothing,
		test_pg__tells_notifications, test_pg__comes_back_after_a_restart,
		test_pg__work_in_flight_fails_when_the_server_goes, test_pg__shutdown_fails_what_is_in_flight,
		test_pg__a_name_that_does_not_resolve_never_stalls_the_loop,
		test_pg__waits_for_a_migration_that_is_still_to_come,
		test_pg__plans_that_a_migration_outdated_are_made_again, test_pg__spreads_works_over_connections,
		test_pg__sets_up_its_sessions, test_pg__verifies_the_name_that_it_was_told };
	server_start();
	set_up();
	int status = unit_run("integration/pg", tests, ARRAY_SIZE(tests));
	server_stop();
	return status;
}
