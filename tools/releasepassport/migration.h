/* One migration: a numbered SQL file of db/migrations, embedded in the program or read from a folder. */
#ifndef RELEASEPASSPORT_MIGRATION_H
#define RELEASEPASSPORT_MIGRATION_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct migration {
	int version;      /* from 1 on, without a gap */
	const char *name; /* "0001_tables.sql" */
	const char *sql;  /* NUL-terminated */
	size_t len;
};

extern const struct migration migrations_embedded[];
extern const size_t migrations_embedded_count;
/* db/roles.sql */
extern const char roles_embedded[];

/*
 * Reads every NNNN_name.sql of folder into arena, in order. ERR_FILE names what can't be read; a gap, two files of one
 * number, and a name that is none are refused.
 */
bool migration_read_folder(const char *folder, struct arena *arena, const struct migration **migrations, size_t *count,
	struct err *err) MUST_CHECK;

#endif
