/*
 * PostgreSQL through libpq, on the process's event loop: non-blocking, pipeline mode, prepared statements, reconnect
 * with back-off. A unit of work is a list of statements that go out in one round trip as one transaction.
 *
 * Names are resolved without blocking (evdns) and handed to libpq as hostaddr. While there is no connection, work fails
 * at once with ERR_UNAVAILABLE: who can wait (a record) retries, who can't (a request) answers 503.
 */
#ifndef PG_PG_H
#define PG_PG_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct pg;
struct pg_work;
struct pg_result;

/* A statement is a constant of a store.c; it is prepared on every connection before the first use. */
struct pg_statement {
	const char *name;
	const char *sql;
	int parameter_count;
};

/* A parameter; the bytes are copied by pg_work_add. Types are PostgreSQL's, as the statement infers them or casts. */
struct pg_param {
	const char *data; /* NULL: SQL NULL */
	size_t len;
	bool binary; /* bytea as bytes; everything else as text */
};

/* clang-format off */
#define PG_TEXT(t) { .data = (t), .len = 0 } /* NUL-terminated text or NULL */
#define PG_BYTES(d, n) { .data = (const char *)(d), .len = (n), .binary = true }
/* clang-format on */

struct pg_conf {
	const char *dsn; /* libpq keywords or URL; host may be a name, an address or a directory */
	int connections; /* 1 to 16: work is spread over them */
	int64_t connect_timeout_ms;
	int64_t statement_timeout_ms; /* set on the session; also bounds how long we wait for an answer (plus 1 s), a
					 statement: after that the connection is given up */
};

struct pg_callbacks {
	/* NULL allowed; true when every connection is prepared */
	void (*connected_changed)(bool connected, void *context);
	void (*notified)(const char *channel, const char *payload, void *context); /* NULL allowed */
};

/*
 * Connects in the background, in sessions with search_path=releasepassport. Statements and channels are borrowed. With
 * more than 1,024 works in flight on every connection, work fails at once too. channels: names to LISTEN on, NULL at
 * the end, or NULL. ERR_CONFIG for a wrong dsn.
 */
bool pg_create(struct event_base *base, const struct pg_conf *conf, const struct pg_statement *const *statements,
	size_t statement_count, const char *const *channels, const struct pg_callbacks *callbacks, void *context,
	struct pg **pg, struct err *err) MUST_CHECK;
/* Work not done yet fails with ERR_UNAVAILABLE from inside this call. Not to be called from a callback of pg's. */
void pg_destroy(struct pg *pg);
bool pg_is_connected(const struct pg *pg);
size_t pg_pending(const struct pg *pg);

/*
 * A result, valid during the callback; called after the commit, in the order of the statements and before done, so that
 * what is seen here is so. A work that failed delivers none. Rows and columns count from 0; a wrong index is a
 * programmer's error.
 */
typedef void pg_result_fn(const struct pg_result *result, void *arg);
/* The work's outcome, exactly once; never called from inside pg_work_run. After true it is committed. */
typedef void pg_done_fn(bool ok, const struct err *err, void *arg);

/*
 * A new unit of work. With a workspace the transaction sees only that workspace's rows (row-level security): it begins
 * with set_config('releasepassport.workspace', ..., true).
 */
struct pg_work *pg_work_create(struct pg *pg, const char *workspace);
/* Destroys work that was never run. */
void pg_work_destroy(struct pg_work *work);
OWNED_DEFINE(pg_work, struct pg_work, pg_work_destroy);
/* Adds a statement; params has statement->parameter_count entries and is copied. on_result may be NULL. */
void pg_work_add(struct pg_work *work, const struct pg_statement *statement, const struct pg_param *params,
	pg_result_fn *on_result, void *arg);
/*
 * Runs and takes work. Kinds in done: ERR_UNAVAILABLE (no connection, timeout, serialization, shutdown: may heal, and
 * the outcome of a COMMIT is unknown), ERR_CONFLICT (unique violation; err->where is the constraint's name),
 * ERR_NOT_FOUND (foreign key), ERR_FORBIDDEN (row-level security or grant), ERR_UNPROCESSABLE (a value that the schema
 * refuses), ERR_INTERNAL (the rest).
 */
void pg_work_run(struct pg_work *work, pg_done_fn *done, void *arg);

int pg_rows(const struct pg_result *result);
bool pg_is_null(const struct pg_result *result, int row, int column);
/* NUL-terminated text of the value, "" for NULL; borrowed. */
const char *pg_text(const struct pg_result *result, int row, int column);
int64_t pg_int(const struct pg_result *result, int row, int column);
bool pg_bool(const struct pg_result *result, int row, int column);
/* A timestamptz in microseconds UTC; 0 for NULL. */
int64_t pg_time_us(const struct pg_result *result, int row, int column);
/* Appends a bytea's bytes to out. */
void pg_bytes(const struct pg_result *result, int row, int column, struct buf *out);

/* Numbers and times as parameters. */
#define PG_NUMBER_SIZE 24
/* Formats into text (PG_NUMBER_SIZE bytes) and returns a parameter over it. */
struct pg_param pg_param_int(int64_t value, char *text);
/* RFC 3339 into text (CLOCK_RFC3339_SIZE bytes); 0 gives SQL NULL. */
struct pg_param pg_param_time(int64_t time_us, char *text);

#endif
