/* A struct pg under test with what it told, and the statements that the tests run through it. */
#ifndef TESTS_INTEGRATION_PG_CLIENT_H
#define TESTS_INTEGRATION_PG_CLIENT_H

#include <event2/event.h>
#include <stdbool.h>

#include "pg/pg.h"

struct client {
	struct event_base *base;
	struct pg *pg;
	int connects, disconnects; /* how often connected_changed said so */
	int notified;
	char channel[64], payload[64];
};

/* What became of one work. */
struct outcome {
	int calls;
	bool ok;
	struct err err;
	int order;       /* the how-manieth outcome of the program it was */
	char value[256]; /* the first column of the last row of the last result that had one */
	int rows;
};

extern const struct pg_statement insert_item, insert_child, insert_deferred, count_items, show_workspace, sleep_s, echo,
	backend, add_numbers, notify, measure, select_all;

/* Connects with the statements above; waits until it is connected when wait says so. */
struct client *client_create(const char *dsn, int connections, bool wait);
struct client *client_create_with(
	const char *dsn, int connections, const struct pg_statement *const *statements, size_t statement_count);
void client_destroy(struct client *client);

/* Turns the loop until *counter is at least value; false after timeout_ms. */
bool client_wait(struct client *client, const int *counter, int value, int64_t timeout_ms);
bool client_wait_connected(struct client *client, int64_t timeout_ms);

/* Starts a work of one statement. */
void client_run(struct client *client, const struct pg_statement *statement, const struct pg_param *params,
	struct outcome *outcome);
/* Adds a statement whose result goes into outcome. */
void client_add(struct pg_work *work, const struct pg_statement *statement, const struct pg_param *params,
	struct outcome *outcome);
void client_start(struct pg_work *work, struct outcome *outcome);
/* Runs one statement to its outcome. */
struct outcome client_ask(struct client *client, const struct pg_statement *statement, const struct pg_param *params);

#endif
