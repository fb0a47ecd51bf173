#include "migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "first_token.h"
#include "migration.h"

struct run {
	struct database database;
	const struct migration *migrations;
	size_t count;
	size_t applied; /* how many of them are already */
};

static bool make_history(struct run *run, struct err *err)
{
	/* Asked first, because CREATE SCHEMA IF NOT EXISTS wants the right to create one even if there is one. */
	return database_run(&run->database,
		"DO $$ BEGIN"
		" IF to_regnamespace('releasepassport') IS NULL THEN CREATE SCHEMA releasepassport; END IF; END $$;"
		"CREATE TABLE IF NOT EXISTS releasepassport.schema_migration ("
		" version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
		" applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user,"
		" took_ms bigint NOT NULL);"
		"COMMENT ON TABLE releasepassport.schema_migration IS 'The migrations that made this schema.'",
		err);
}

static bool check_applied(const struct run *run, const PGresult *history, int row, struct err *err)
{
	const char *name = PQgetvalue(history, row, 1), *checksum = PQgetvalue(history, row, 2);
	size_t version = (size_t)atoi(PQgetvalue(history, row, 0));
	if (version != (size_t)row + 1)
		return err_set_at(err, ERR_CONFLICT, name, "schema_migration has a gap before it");
	if (version > run->count)
		return err_set_at(err, ERR_CONFLICT, name,
			"was applied and is missing here: the database belongs to a later version");
	const struct migration *migration = &run->migrations[version - 1];
	if (strcmp(migration->name, name) != 0)
		return err_set_at(err, ERR_CONFLICT, name, "was applied and is missing here (%s has its number)",
			migration->name);
	char hex[SHA256_HEX_SIZE];
	if (strcmp(sha256_hex(migration->sql, migration->len, hex), checksum) != 0)
		return err_set_at(err, ERR_CONFLICT, name, "has changed since it was applied");
	return true;
}

static bool check_history(struct run *run, struct err *err)
{
	__attribute__((cleanup(own_pgresult))) PGresult *history = NULL;
	if (!database_ask(&run->database,
		    "SELECT version, name, checksum FROM releasepassport.schema_migration ORDER BY version", 0, NULL,
		    &history, err))
		return false;
	for (int row = 0; row < PQntuples(history); row++)
		if (!check_applied(run, history, row, err))
			return false;
	run->applied = (size_t)PQntuples(history);
	return true;
}

static bool record(struct run *run, const struct migration *migration, int64_t took_ms, struct err *err)
{
	char version[12], took[24], hex[SHA256_HEX_SIZE];
	snprintf(version, sizeof(version), "%d", migration->version);
	snprintf(took, sizeof(took), "%" PRId64, took_ms);
	const char *params[] = { version, migration->name, sha256_hex(migration->sql, migration->len, hex), took };
	return database_do(&run->database,
		"INSERT INTO releasepassport.schema_migration (version, name, checksum, took_ms) VALUES ($1, $2, $3, "
		"$4)",
		4, params, err);
}

/* Puts the file's name before the line that the server named. */
static bool place_error(struct err *err, const struct migration *migration)
{
	char prefix[256];
	snprintf(prefix, sizeof(prefix), "%s%s", migration->name, err != NULL && err->where[0] != '\0' ? ":" : "");
	return err_add_where(err, prefix);
}

static bool apply(struct run *run, const struct migration *migration, struct err *err)
{
	int64_t start_us = clock_mono_us();
	if (!database_begin(&run->database, err))
		return false;
	bool ok = database_run(&run->database, migration->sql, err) || place_error(err, migration);
	if (ok && PQtransactionStatus(run->database.conn) != PQTRANS_INTRANS)
		ok = err_set_at(err, ERR_FILE, migration->name, "ended the transaction that it runs in");
	int64_t took_ms = (clock_mono_us() - start_us) / CLOCK_US_PER_MS;
	ok = ok && record(run, migration, took_ms, err);
	if (!database_end(&run->database, ok, err))
		return false;
	database_say(&run->database, "applied %s (%" PRId64 " ms)", migration->name, took_ms);
	return true;
}

static bool apply_missing(struct run *run, struct err *err)
{
	if (!make_history(run, err) || !check_history(run, err))
		return false;
	if (run->applied == run->count)
		database_say(&run->database, "the schema is up to date (%s)", run->migrations[run->count - 1].name);
	for (; run->applied < run->count; run->applied++)
		if (!apply(run, &run->migrations[run->applied], err))
			return false;
	return true;
}

static bool make_roles(struct database *database, struct err *err)
{
	if (!database_run(database, roles_embedded, err))
		return err_add(err, "roles.sql");
	database_say(database, "the roles exist; their passwords are yours to set");
	return true;
}

bool migrate_run(const struct migrate_options *options, struct err *err)
{
	owned(arena) struct arena *arena = arena_create();
	struct run run = { .migrations = migrations_embedded, .count = migrations_embedded_count };
	if (options->folder != NULL && !migration_read_folder(options->folder, arena, &run.migrations, &run.count, err))
		return false;
	if (!database_open(options->dsn, options->say, options->arg, &run.database, err))
		return false;
	bool ok = database_lock(&run.database, err) && (!options->roles || make_roles(&run.database, err)) &&
		  database_own(&run.database, err) && apply_missing(&run, err) &&
		  (!options->first_token || first_token_create(&run.database, options->show_token, options->arg, err));
	database_close(&run.database);
	return ok;
}
