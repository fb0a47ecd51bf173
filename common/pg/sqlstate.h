/* What an error of the server means for us. */
#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

/* The kind that pg_work_run's contract gives to an SQLSTATE (five characters); NULL: the connection broke. */
enum err_kind sqlstate_kind(const char *sqlstate);
/* Does a new connection, with its statements prepared again, heal it? */
bool sqlstate_needs_reconnect(const char *sqlstate);
/* Fills err from a failed result: kind, the constraint's name as place, the server's primary message. */
void sqlstate_err(const PGresult *result, struct err *err);

#endif
