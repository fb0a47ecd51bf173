/*
 * Configuration: environment variables read through one table per service into a struct that is const from then on.
 *
 * A key NAME may also be given as NAME_FILE, a path whose content (less one final newline) is the value: the twin
 * exists for keys of type CONF_SECRET and CONF_TEXT; both given is an error. Every error names the key. `--help` prints
 * the tables; `--help=markdown` prints docs/configuration.md's part, from which that page is generated.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum conf_type {
	CONF_STRING,   /* const char *, malloc'ed */
	CONF_TEXT,     /* the same, may have lines */
	CONF_SECRET,   /* const char *, malloc'ed, wiped by conf_finish, never printed */
	CONF_PATH,     /* const char *: a file that must be readable at start */
	CONF_INT,      /* int64_t within min..max */
	CONF_DURATION, /* int64_t, milliseconds, written as "5s"; min..max in milliseconds */
	CONF_BOOL,     /* bool: true or false */
	CONF_ADDRESS,  /* struct conf_address: "127.0.0.1:8080", "[::1]:8080", ":8080" (all), port 0 = any free */
	CONF_ENUM,     /* int: index in names */
};

struct conf_address {
	char host[64]; /* numeric; "" for all addresses */
	uint16_t port;
};

struct conf_key {
	const char *name;          /* "GATEWAY_LISTEN" */
	const char *default_value; /* NULL: must be given; "" with CONF_STRING, _TEXT, _SECRET, _PATH: optional, NULL if
				      absent */
	const char *summary;       /* one line: meaning and unit */
	enum conf_type type;
	size_t offset;
	int64_t min, max;         /* both 0: unbounded */
	const char *const *names; /* CONF_ENUM: NULL at the end */
};

/* How the environment is read; getenv in programs, a table in tests. NULL: not set. */
typedef const char *conf_lookup_fn(const char *name, void *context);

/* Reads every key of table (a row without a name ends it) into conf, a zeroed struct. ERR_CONFIG with where = the key.
 */
bool conf_read(
	const struct conf_key *table, conf_lookup_fn *lookup, void *context, void *conf, struct err *err) MUST_CHECK;
/* Frees what conf_read allocated; secrets are wiped first. */
void conf_finish(const struct conf_key *table, void *conf);
/* Appends the reference: for a terminal (plain) or a Markdown table. */
void conf_describe(const struct conf_key *table, bool markdown, struct buf *out);
/* Makes err the error of this setting: ERR_CONFIG, the key before the place. Returns false. */
bool conf_blame(struct err *err, const char *key);
/* The programs' lookup: getenv. */
const char *conf_environment(const char *name, void *context);

#endif
