#include "database.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/sqlstate.h"

/* Everybody who changes the schema of one database takes this lock. */
#define SCHEMA_LOCK "7239087235"

/* Notices of the server are not for whoever runs a migration. */
static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg, (void)result;
}

bool database_open(const char *dsn, database_say_fn *say, void *arg, struct database *out, struct err *err)
{
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(dsn, &message);
	if (options == NULL) {
		const char *reason = message != NULL ? message : "the connection string can't be read";
		err_set(err, ERR_CONFIG, "%.*s", (int)strcspn(reason, "\n"), reason);
		PQfreemem(message);
		return false;
	}
	PQconninfoFree(options);
	PGconn *conn = PQconnectdb(dsn);
	if (PQstatus(conn) != CONNECTION_OK) {
		const char *reason = PQerrorMessage(conn);
		err_set(err, ERR_UNAVAILABLE, "%.*s", (int)strcspn(reason, "\n"), reason);
		PQfinish(conn);
		return false;
	}
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	struct database database = { .conn = conn, .say = say, .arg = arg };
	/* Behind a long transaction everybody else would queue up behind us: rather give up and be run again. */
	if (!database_run(
		    &database, "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET lock_timeout = '10s'", err)) {
		database_close(&database);
		return false;
	}
	*out = database;
	return true;
}

void database_close(struct database *database)
{
	PQfinish(database->conn);
	*database = (struct database){ 0 };
}

bool database_lock(struct database *database, struct err *err)
{
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	if (!database_ask(database, "SELECT pg_try_advisory_lock(" SCHEMA_LOCK ")", 0, NULL, &result, err))
		return false;
	if (PQgetvalue(result, 0, 0)[0] == 't')
		return true;
	database_say(database, "waiting for another migrate or maintain to end");
	return database_run(database,
		"SET lock_timeout = 0; SELECT pg_advisory_lock(" SCHEMA_LOCK "); SET lock_timeout = '10s'", err);
}

bool database_own(struct database *database, struct err *err)
{
	struct err cause;
	if (!database_run(database, "SET ROLE rp_owner", &cause))
		return err_set(
			err, ERR_CONFIG, "%s (db/roles.sql makes the roles, migrate --roles runs it)", cause.text);
	return true;
}

void database_say(const struct database *database, const char *format, ...)
{
	if (database->say == NULL)
		return;
	char line[512];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	database->say(line, database->arg);
}

static bool check_result(const PGresult *result, struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return true;
	sqlstate_err(result, err);
	return false;
}

bool database_run(struct database *database, const char *sql, struct err *err)
{
	__attribute__((cleanup(own_pgresult))) PGresult *result = PQexec(database->conn, sql);
	if (check_result(result, err))
		return true;
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	if (err == NULL || position == NULL)
		return false;
	/* The position counts characters, of which every byte that continues one is none. */
	int line = 1, left = atoi(position) - 1;
	for (const char *c = sql; *c != '\0' && left > 0; c++) {
		line += *c == '\n';
		left -= ((unsigned char)c[1] & 0xc0) != 0x80;
	}
	snprintf(err->where, sizeof(err->where), "%d", line);
	return false;
}

bool database_ask(struct database *database, const char *sql, int count, const char *const *params, PGresult **out,
	struct err *err)
{
	PGresult *result = PQexecParams(database->conn, sql, count, NULL, params, NULL, NULL, 0);
	if (!check_result(result, err)) {
		PQclear(result);
		return false;
	}
	*out = result;
	return true;
}

bool database_do(struct database *database, const char *sql, int count, const char *const *params, struct err *err)
{
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	return database_ask(database, sql, count, params, &result, err);
}

bool database_begin(struct database *database, struct err *err)
{
	return database_run(database, "BEGIN", err);
}

bool database_end(struct database *database, bool ok, struct err *err)
{
	if (ok)
		return database_run(database, "COMMIT", err);
	/* The error that brought us here is the one to tell; a broken connection rolls back by itself. */
	(void)!database_run(database, "ROLLBACK", NULL);
	return false;
}
