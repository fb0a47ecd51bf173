#include "pg/sqlstate.h"

#include <stddef.h>
#include <string.h>

#include "base/own.h"

/* PostgreSQL documentation, appendix A. The first row whose code begins the state wins. */
static const struct {
	const char *code;
	enum err_kind kind;
} kinds[] = {
	{ "23505", ERR_CONFLICT },    /* unique_violation */
	{ "23503", ERR_NOT_FOUND },   /* foreign_key_violation */
	{ "23", ERR_UNPROCESSABLE },  /* the other constraints */
	{ "22", ERR_UNPROCESSABLE },  /* data exceptions */
	{ "42501", ERR_FORBIDDEN },   /* insufficient_privilege, row-level security */
	{ "40", ERR_UNAVAILABLE },    /* serialization, deadlock */
	{ "08", ERR_UNAVAILABLE },    /* connection */
	{ "53", ERR_UNAVAILABLE },    /* disk, memory, connections are full */
	{ "57", ERR_UNAVAILABLE },    /* timeout, shutdown, starting up */
	{ "58", ERR_UNAVAILABLE },    /* the server's own input and output */
	{ "55P03", ERR_UNAVAILABLE }, /* lock_not_available */
	{ "55006", ERR_UNAVAILABLE }, /* object_in_use */
	{ "25006", ERR_UNAVAILABLE }, /* read_only_sql_transaction: a standby */
	{ "25P03", ERR_UNAVAILABLE }, /* idle_in_transaction_session_timeout */
	{ "26000", ERR_UNAVAILABLE }, /* a prepared statement is gone: the reconnect prepares it */
	{ "0A000", ERR_UNAVAILABLE }, /* a plan outlived a migration: likewise */
};

enum err_kind sqlstate_kind(const char *sqlstate)
{
	if (sqlstate == NULL)
		return ERR_UNAVAILABLE;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(sqlstate, kinds[i].code, strlen(kinds[i].code)) == 0)
			return kinds[i].kind;
	return ERR_INTERNAL;
}

bool sqlstate_needs_reconnect(const char *sqlstate)
{
	return sqlstate != NULL &&
	       (strcmp(sqlstate, "26000") == 0 || strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "25006") == 0);
}

void sqlstate_err(const PGresult *result, struct err *err)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	err_set_at(err, sqlstate_kind(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
		constraint != NULL ? constraint : "", "%s",
		message != NULL ? message : "the connection to PostgreSQL broke");
}
