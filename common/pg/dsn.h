/* A connection string, read once: which hosts it names and what else libpq is to be told. */
#ifndef PG_DSN_H
#define PG_DSN_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

#define DSN_HOSTS_MAX 8

/* A server as libpq wants it: host is the name that TLS verifies, address what is connected to. */
struct dsn_host {
	char *name; /* a name, an address or a directory; never NULL */
	char *port; /* never NULL */
};

struct dsn {
	PQconninfoOption *options;
	struct dsn_host hosts[DSN_HOSTS_MAX];
	int host_count; /* 0: libpq's own default, or the string has hostaddr: nothing is to be resolved */
};

/* Reads keywords or a URL; PGHOST and PGPORT stand in for what is left out. ERR_CONFIG. */
bool dsn_parse(const char *text, struct dsn *dsn, struct err *err) MUST_CHECK;
void dsn_finish(struct dsn *dsn);
/* The value that the string gives to keyword, NULL for none. */
const char *dsn_value(const struct dsn *dsn, const char *keyword);

#endif
