/*
 * Prepares every statement of a service as the role that the connection string names, and has the server plan it, which
 * is where grants, row-level security and types are checked: statements DSN. One line a statement; the exit status is 1
 * if one is refused. Built once for each service: SERVICE_HEADER and SERVICE_DESCRIPTOR say which.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include SERVICE_HEADER
#include "base/buf.h"

static bool report(const struct pg_statement *statement, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (!ok)
		printf("%s: %s", statement->name, PQresultErrorMessage(result));
	PQclear(result);
	return ok;
}

static bool counts_parameters(PGconn *conn, const struct pg_statement *statement)
{
	PGresult *result = PQdescribePrepared(conn, statement->name);
	int found = PQnparams(result);
	PQclear(result);
	if (found != statement->parameter_count)
		printf("%s: has %d parameters, says %d\n", statement->name, found, statement->parameter_count);
	return found == statement->parameter_count;
}

static bool try_statement(PGconn *conn, const struct pg_statement *statement)
{
	if (!report(statement, PQprepare(conn, statement->name, statement->sql, 0, NULL)) ||
		!counts_parameters(conn, statement))
		return false;
	owned_buf struct buf sql = { 0 };
	buf_printf(&sql, "EXPLAIN EXECUTE %s", statement->name);
	for (int i = 0; i < statement->parameter_count; i++)
		buf_append_str(&sql, i == 0 ? "(NULL" : ", NULL");
	buf_append_str(&sql, statement->parameter_count > 0 ? ")" : "");
	bool ok = report(statement, PQexec(conn, buf_str(&sql)));
	if (ok)
		printf("%s: ok\n", statement->name);
	return ok;
}

int main(int argc, char **argv)
{
	PGconn *conn = PQconnectdb(argc == 2 ? argv[1] : "");
	/* With NULL in the place of a parameter a plan of its own would be "no rows" and check little. */
	PGresult *result = PQexec(conn, "SET plan_cache_mode = force_generic_plan");
	bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!ok)
		fprintf(stderr, "%s", PQerrorMessage(conn));
	PQclear(result);
	for (const struct svc_store *store = SERVICE_DESCRIPTOR.stores; store->statements != NULL; store++)
		for (size_t i = 0; i < store->count; i++)
			ok = try_statement(conn, store->statements[i]) && ok;
	PQfinish(conn);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
