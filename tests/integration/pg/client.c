#include "client.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

const struct pg_statement insert_item = { "insert_item", "INSERT INTO item (id, name) VALUES ($1, $2)", 2 };
const struct pg_statement insert_child = { "insert_child", "INSERT INTO child (item) VALUES ($1)", 1 };
const struct pg_statement insert_deferred = { "insert_deferred", "INSERT INTO late (item) VALUES ($1)", 1 };
const struct pg_statement count_items = { "count_items", "SELECT count(*) FROM item", 0 };
const struct pg_statement show_workspace = { "show_workspace",
	"SELECT current_setting('releasepassport.workspace', true)", 0 };
const struct pg_statement sleep_s = { "sleep_s", "SELECT pg_sleep($1::float8)", 1 };
const struct pg_statement echo = { "echo", "SELECT $1::text, $2::bytea, $3::timestamptz, $4::bigint", 4 };
const struct pg_statement backend = { "backend", "SELECT pg_backend_pid()", 0 };
const struct pg_statement add_numbers = { "add_numbers", "SELECT $1::bigint + 1", 1 };
const struct pg_statement notify = { "notify", "SELECT pg_notify('rp_test', $1)", 1 };
const struct pg_statement measure = { "measure", "SELECT length($1::bytea)", 1 };
const struct pg_statement select_all = { "select_all", "SELECT * FROM changing", 0 };

static const struct pg_statement *const all[] = { &insert_item, &insert_child, &insert_deferred, &count_items,
	&show_workspace, &sleep_s, &echo, &backend, &add_numbers, &notify, &measure, &select_all };
static const char *const channels[] = { "rp_test", "needs \"quotes\"", NULL };

static void on_connected(bool connected, void *context)
{
	struct client *client = context;
	if (connected)
		client->connects++;
	else
		client->disconnects++;
}

static void on_notified(const char *channel, const char *payload, void *context)
{
	struct client *client = context;
	client->notified++;
	snprintf(client->channel, sizeof(client->channel), "%s", channel);
	snprintf(client->payload, sizeof(client->payload), "%s", payload);
}

struct client *client_create_with(
	const char *dsn, int connections, const struct pg_statement *const *statements, size_t statement_count)
{
	struct client *client = mem_zalloc(1, sizeof(*client));
	client->base = event_base_new();
	struct pg_conf conf = {
		.dsn = dsn, .connections = connections, .connect_timeout_ms = 2000, .statement_timeout_ms = 500
	};
	struct pg_callbacks callbacks = { .connected_changed = on_connected, .notified = on_notified };
	struct err err;
	ck_assert_msg(pg_create(client->base, &conf, statements, statement_count, channels, &callbacks, client,
			      &client->pg, &err),
		"%s", err.text);
	return client;
}

struct client *client_create(const char *dsn, int connections, bool wait)
{
	struct client *client = client_create_with(dsn, connections, all, ARRAY_SIZE(all));
	ck_assert(!wait || client_wait_connected(client, 5000));
	return client;
}

void client_destroy(struct client *client)
{
	pg_destroy(client->pg);
	event_base_loop(client->base, EVLOOP_NONBLOCK); /* the resolver lets go of what it was asked */
	event_base_free(client->base);
	free(client);
}

bool client_wait(struct client *client, const int *counter, int value, int64_t timeout_ms)
{
	int64_t end = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	while (*counter < value && clock_mono_us() < end) {
		event_base_loopexit(client->base, &(struct timeval){ .tv_usec = 5000 });
		event_base_loop(client->base, EVLOOP_ONCE);
	}
	return *counter >= value;
}

bool client_wait_connected(struct client *client, int64_t timeout_ms)
{
	int64_t end = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS;
	int never = 0;
	while (!pg_is_connected(client->pg) && clock_mono_us() < end)
		client_wait(client, &never, 1, 10);
	return pg_is_connected(client->pg);
}

static void on_result(const struct pg_result *result, void *arg)
{
	struct outcome *outcome = arg;
	ck_assert_int_eq(outcome->calls, 0);
	outcome->rows = pg_rows(result);
	if (outcome->rows > 0)
		snprintf(outcome->value, sizeof(outcome->value), "%s", pg_text(result, outcome->rows - 1, 0));
}

static void on_done(bool ok, const struct err *err, void *arg)
{
	static int outcomes;
	struct outcome *outcome = arg;
	outcome->calls++;
	outcome->ok = ok;
	outcome->order = ++outcomes;
	if (!ok)
		outcome->err = *err;
}

void client_add(struct pg_work *work, const struct pg_statement *statement, const struct pg_param *params,
	struct outcome *outcome)
{
	pg_work_add(work, statement, params, on_result, outcome);
}

void client_start(struct pg_work *work, struct outcome *outcome)
{
	*outcome = (struct outcome){ 0 };
	pg_work_run(work, on_done, outcome);
	ck_assert_int_eq(outcome->calls, 0);
}

void client_run(struct client *client, const struct pg_statement *statement, const struct pg_param *params,
	struct outcome *outcome)
{
	struct pg_work *work = pg_work_create(client->pg, NULL);
	client_add(work, statement, params, outcome);
	client_start(work, outcome);
}

struct outcome client_ask(struct client *client, const struct pg_statement *statement, const struct pg_param *params)
{
	struct outcome outcome;
	client_run(client, statement, params, &outcome);
	ck_assert(client_wait(client, &outcome.calls, 1, 10000));
	return outcome;
}
