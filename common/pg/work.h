/* A unit of work: its statements with their parameters, and where it stands. */
#ifndef PG_WORK_H
#define PG_WORK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "pg/pg.h"

enum pg_call_kind { PG_CALL_EXECUTE, PG_CALL_PREPARE, PG_CALL_COMMAND };

/* One message of a work. */
struct pg_call {
	enum pg_call_kind kind;
	const struct pg_statement *statement; /* PG_CALL_COMMAND: NULL */
	const char *sql;                      /* PG_CALL_COMMAND */
	const char **values;
	int *lengths;
	int *formats;
	pg_result_fn *on_result;
	void *arg;
	PGresult *result; /* kept until the outcome of the whole is known */
};

struct pg_work {
	struct pg *pg; /* NULL: the connection's own, counted nowhere */
	struct arena *arena;
	struct pg_call *calls;
	size_t count, capacity;
	size_t answered; /* calls whose answer is complete */
	bool has_result; /* the call after those has given its result */
	bool needs_reconnect;
	struct err err;     /* the first failure */
	int64_t started_us; /* clock_mono_us */
	pg_done_fn *done;
	void *arg;
	struct pg_work *next;
};

struct pg_queue {
	struct pg_work *head, *tail;
	size_t count;
};

void queue_push(struct pg_queue *queue, struct pg_work *work);
struct pg_work *queue_pop(struct pg_queue *queue);

/* An empty one without pg and workspace. */
struct pg_work *work_create(void);
void work_add(struct pg_work *work, enum pg_call_kind kind, const struct pg_statement *statement, const char *sql);
/* Delivers the results if all went well, reports the outcome and destroys work. */
void work_finish(struct pg_work *work);
/* The same after a failure that is not the server's. */
void work_fail(struct pg_work *work, const char *text);

/* Names the workspace for row-level security; prepared on every connection before the services' statements. */
extern const struct pg_statement work_set_workspace;

#endif
