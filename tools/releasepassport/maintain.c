#include "maintain.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"

static bool create_partition(struct database *database, const char *parent, const char *month, struct err *err)
{
	const char *params[] = { parent, month };
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	if (!database_ask(database, "SELECT releasepassport.partition_create($1, $2::date)", 2, params, &result, err))
		return err_add(err, "partition of %s for %s", parent, month);
	database_say(database, "created the partition of %s for %.7s (%s rows moved into it)", parent, month,
		PQgetvalue(result, 0, 0));
	return true;
}

static bool create_partitions(struct database *database, int months_ahead, struct err *err)
{
	char ahead[12];
	snprintf(ahead, sizeof(ahead), "%d", months_ahead);
	const char *params[] = { ahead };
	__attribute__((cleanup(own_pgresult))) PGresult *missing = NULL;
	if (!database_ask(database, "SELECT parent, month FROM releasepassport.partitions_missing($1)", 1, params,
		    &missing, err))
		return false;
	for (int row = 0; row < PQntuples(missing); row++)
		if (!create_partition(database, PQgetvalue(missing, row, 0), PQgetvalue(missing, row, 1), err))
			return false;
	return true;
}

static bool drop_partition(struct database *database, const char *name, struct err *err)
{
	char *quoted = PQescapeIdentifier(database->conn, name, strlen(name));
	owned_buf struct buf sql = { 0 };
	buf_printf(&sql, "DROP TABLE releasepassport.%s", quoted);
	PQfreemem(quoted);
	if (!database_run(database, buf_str(&sql), err))
		return err_add(err, "partition %s", name);
	database_say(database, "dropped the partition %s", name);
	return true;
}

static bool drop_partitions(struct database *database, const char *first_kept, struct err *err)
{
	const char *params[] = { first_kept };
	__attribute__((cleanup(own_pgresult))) PGresult *ended = NULL;
	if (!database_ask(database,
		    "SELECT name FROM releasepassport.partitions() WHERE month < $1::date ORDER BY month, name", 1,
		    params, &ended, err))
		return false;
	for (int row = 0; row < PQntuples(ended); row++)
		if (!drop_partition(database, PQgetvalue(ended, row, 0), err))
			return false;
	return true;
}

/* What is not partitioned and means nothing without the bodies, or was only ever a gate's input. */
static bool delete_rows(struct database *database, const char *first_kept, struct err *err)
{
	static const struct {
		const char *what, *sql;
	} deletions[] = {
		{ "announcements", "DELETE FROM releasepassport.announcement WHERE recorded_at < $1::timestamptz" },
		{ "pieces of ingested evidence",
			"DELETE FROM releasepassport.evidence WHERE received_at < $1::timestamptz" },
	};
	const char *params[] = { first_kept };
	for (size_t i = 0; i < ARRAY_SIZE(deletions); i++) {
		__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
		if (!database_ask(database, deletions[i].sql, 1, params, &result, err))
			return err_add(err, "%s", deletions[i].what);
		if (strcmp(PQcmdTuples(result), "0") != 0)
			database_say(database, "deleted %s %s", PQcmdTuples(result), deletions[i].what);
	}
	return true;
}

static bool end_retention(struct database *database, int months, struct err *err)
{
	char text[12];
	snprintf(text, sizeof(text), "%d", months);
	const char *params[] = { text };
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	if (!database_ask(database,
		    "SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - $1::integer * interval '1 month')::date",
		    1, params, &result, err))
		return false;
	const char *first_kept = PQgetvalue(result, 0, 0);
	return drop_partitions(database, first_kept, err) && delete_rows(database, first_kept, err);
}

static bool count_ahead(struct database *database, int *ahead, struct err *err)
{
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	if (!database_ask(database, MAINTAIN_PARTITIONS_AHEAD_SQL, 0, NULL, &result, err))
		return false;
	int count = atoi(PQgetvalue(result, 0, 0));
	database_say(database, "partitions exist %d months ahead", count);
	if (ahead != NULL)
		*ahead = count;
	return true;
}

bool maintain_run(const struct maintain_options *options, int *partitions_ahead, struct err *err)
{
	assert(options->months_ahead >= 1 && options->months_ahead <= MAINTAIN_MONTHS_AHEAD_MAX);
	assert(options->retention_months >= 0);
	struct database database;
	if (!database_open(options->dsn, options->say, options->arg, &database, err))
		return false;
	bool ok = database_lock(&database, err) && database_own(&database, err) &&
		  create_partitions(&database, options->months_ahead, err) &&
		  (options->retention_months == 0 || end_retention(&database, options->retention_months, err)) &&
		  count_ahead(&database, partitions_ahead, err);
	database_close(&database);
	return ok;
}
