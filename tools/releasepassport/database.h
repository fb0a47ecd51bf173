/* The database as its owner: what migrate and maintain share. Calls block. */
#ifndef RELEASEPASSPORT_DATABASE_H
#define RELEASEPASSPORT_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/own.h"

/* A line for people, without its newline. */
typedef void database_say_fn(const char *line, void *arg);

struct database {
	PGconn *conn;
	database_say_fn *say; /* NULL: silent */
	void *arg;
};

/* ERR_UNAVAILABLE where the server can't be reached, ERR_CONFIG for a wrong dsn. */
bool database_open(
	const char *dsn, database_say_fn *say, void *arg, struct database *database, struct err *err) MUST_CHECK;
void database_close(struct database *database);
/* Waits for whoever else changes the schema, and keeps them out until close. */
bool database_lock(struct database *database, struct err *err) MUST_CHECK;
/* Becomes rp_owner. ERR_CONFIG: there is no such role, or who logged in is not a member of it. */
bool database_own(struct database *database, struct err *err) MUST_CHECK;
void database_say(const struct database *database, const char *format, ...) PRINTF_LIKE(2, 3);

/* Runs several statements without parameters. Kinds as in pg_work_run. */
bool database_run(struct database *database, const char *sql, struct err *err) MUST_CHECK;
/* Runs one statement with text parameters; the result is the caller's, PQclear. */
bool database_ask(struct database *database, const char *sql, int count, const char *const *params, PGresult **result,
	struct err *err) MUST_CHECK;
/* The same for whom the result does not matter. */
bool database_do(
	struct database *database, const char *sql, int count, const char *const *params, struct err *err) MUST_CHECK;

bool database_begin(struct database *database, struct err *err) MUST_CHECK;
/* Commits if ok, else rolls back. Returns ok, or false with the error of the commit. */
bool database_end(struct database *database, bool ok, struct err *err) MUST_CHECK;

static inline void own_pgresult(PGresult **result)
{
	PQclear(*result);
}

#endif
