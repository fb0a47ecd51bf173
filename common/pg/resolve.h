/* Names to addresses without blocking: libpq itself would call getaddrinfo. */
#ifndef PG_RESOLVE_H
#define PG_RESOLVE_H

#include <event2/dns.h>
#include <stdbool.h>

#include "base/buf.h"
#include "pg/dsn.h"

struct resolve;

/* libpq's host, hostaddr and port: lists of the same length, one entry for each address of each host. */
struct resolve_lists {
	struct buf host, address, port;
};

/* error is NULL if at least one host has an address; lists are borrowed. */
typedef void resolve_done_fn(const struct resolve_lists *lists, const char *error, void *arg);

/*
 * Resolves dsn's hosts (borrowed, must live until done or cancel). Without a name to look up, done is called from
 * inside this call. Returns NULL if it was.
 */
struct resolve *resolve_start(struct evdns_base *dns, const struct dsn *dsn, resolve_done_fn *done, void *arg);
/* done will not be called; memory goes when the resolver has let go of the question. NULL is allowed. */
void resolve_cancel(struct resolve *resolve);

#endif
