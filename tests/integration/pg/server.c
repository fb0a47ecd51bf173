#include "server.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[64];
static char url[512];

/* A server that can't be had ends the program: also outside of a test, where check has no assertions. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "server: %s\n", what);
	abort();
}

static void run_tool(const char *command)
{
	char line[512];
	snprintf(line, sizeof(line), "'%s' %s '%s'", POSTGRES_TOOL, command, folder);
	must(system(line) == 0, line);
}

static void read_url(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/url", folder);
	FILE *file = fopen(path, "re");
	must(file != NULL, path);
	must(fgets(url, sizeof(url), file) != NULL, path);
	fclose(file);
	url[strcspn(url, "\n")] = '\0';
}

void server_start(void)
{
	strcpy(folder, "/tmp/releasepassport-pg-XXXXXX");
	must(mkdtemp(folder) != NULL, folder);
	char line[128];
	snprintf(line, sizeof(line), "chmod 755 '%s'", folder);
	must(system(line) == 0, line);
	run_tool("start");
	read_url();
}

void server_stop(void)
{
	run_tool("stop");
	char line[128];
	snprintf(line, sizeof(line), "rm -rf '%s'", folder);
	must(system(line) == 0, line);
}

void server_restart(void)
{
	run_tool("restart");
}

void server_halt(void)
{
	run_tool("stop");
}

void server_resume(void)
{
	run_tool("start");
}

const char *server_url(void)
{
	return url;
}

const char *server_folder(void)
{
	return folder;
}

const char *server_sql(const char *sql)
{
	static char value[256];
	PGconn *conn = PQconnectdb(url);
	must(PQstatus(conn) == CONNECTION_OK, PQerrorMessage(conn));
	PGresult *result = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);
	must(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, PQerrorMessage(conn));
	snprintf(value, sizeof(value), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(conn);
	return value;
}
