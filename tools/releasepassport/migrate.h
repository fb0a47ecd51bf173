/* `releasepassport migrate`: brings a database to this version's schema. */
#ifndef RELEASEPASSPORT_MIGRATE_H
#define RELEASEPASSPORT_MIGRATE_H

#include <stdbool.h>

#include "base/err.h"
#include "database.h"

struct migrate_options {
	const char *dsn;    /* of rp_migrate or a superuser */
	const char *folder; /* take the migrations from there; NULL: the embedded ones */
	bool roles;         /* first make the roles (db/roles.sql); needs a superuser */
	bool first_token;   /* then make the bootstrap token if there is no token at all */
	database_say_fn *say;
	/* Gets the bootstrap token, once; nobody can tell it again. NULL unless first_token. */
	void (*show_token)(const char *token, void *arg);
	void *arg; /* of both */
};

/*
 * Applies what is missing, in order, each migration in a transaction of its own, one migrate at a time. A migration
 * that was applied and has changed or is gone: ERR_CONFLICT with its file's name as place, and nothing is done. A
 * migration that fails leaves the database as the one before it did; place is "file:line". Others: ERR_FILE (folder),
 * and those of database_open and database_own.
 */
bool migrate_run(const struct migrate_options *options, struct err *err) MUST_CHECK;

#endif
