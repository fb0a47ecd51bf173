#include "pg/resolve.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/util.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

/* More addresses of one name than anybody's connect timeout leaves time for. */
#define ADDRESSES_MAX 4

struct resolve {
	struct evdns_base *dns;
	const struct dsn *dsn;
	resolve_done_fn *done; /* NULL: cancelled */
	void *arg;
	int host; /* the one that is being looked up */
	struct evdns_getaddrinfo_request *request;
	struct resolve_lists lists;
	char error[256]; /* of the last host that has no address */
	bool starting;   /* inside resolve_start */
	bool finished;
};

static void append_part(struct buf *list, const char *part, bool first)
{
	if (!first)
		buf_append_char(list, ',');
	buf_append_str(list, part);
}

static void add(struct resolve *r, const char *address)
{
	const struct dsn_host *host = &r->dsn->hosts[r->host];
	bool first = r->lists.host.len == 0;
	append_part(&r->lists.host, host->name, first);
	append_part(&r->lists.address, address, first);
	append_part(&r->lists.port, host->port, first);
}

static void resolve_destroy(struct resolve *r)
{
	buf_finish(&r->lists.host);
	buf_finish(&r->lists.address);
	buf_finish(&r->lists.port);
	free(r);
}

static bool is_address(const char *name)
{
	struct in6_addr address;
	return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

static bool is_directory(const char *name)
{
	return name[0] == '/' || name[0] == '@';
}

static void resolve_next(struct resolve *r);

static void on_addresses(int result, struct evutil_addrinfo *addresses, void *arg)
{
	struct resolve *r = arg;
	r->request = NULL;
	int count = 0;
	for (struct evutil_addrinfo *a = addresses; r->done != NULL && a != NULL && count < ADDRESSES_MAX;
		a = a->ai_next) {
		char text[NI_MAXHOST];
		if (getnameinfo(a->ai_addr, (socklen_t)a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) ==
			0) {
			add(r, text);
			count++;
		}
	}
	if (addresses != NULL)
		evutil_freeaddrinfo(addresses);
	if (r->done == NULL) {
		resolve_destroy(r);
		return;
	}
	if (count == 0)
		snprintf(r->error, sizeof(r->error), "%s: %s", r->dsn->hosts[r->host].name,
			result != 0 ? evutil_gai_strerror(result) : "no address");
	r->host++;
	resolve_next(r);
}

static void finish(struct resolve *r)
{
	r->finished = true;
	bool found = r->lists.host.len != 0 || r->dsn->host_count == 0;
	r->done(&r->lists, found ? NULL : r->error, r->arg);
	if (!r->starting)
		resolve_destroy(r);
}

static void resolve_next(struct resolve *r)
{
	for (; r->host < r->dsn->host_count; r->host++) {
		const char *name = r->dsn->hosts[r->host].name;
		if (is_directory(name)) {
			add(r, "");
		} else if (is_address(name)) {
			add(r, name);
		} else {
			struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
			struct evdns_getaddrinfo_request *request =
				evdns_getaddrinfo(r->dns, name, NULL, &hints, on_addresses, r);
			/* NULL: on_addresses was called already and may have freed r. */
			if (request != NULL)
				r->request = request;
			return;
		}
	}
	finish(r);
}

struct resolve *resolve_start(struct evdns_base *dns, const struct dsn *dsn, resolve_done_fn *done, void *arg)
{
	struct resolve *r = mem_zalloc(1, sizeof(*r));
	*r = (struct resolve){ .dns = dns, .dsn = dsn, .done = done, .arg = arg, .starting = true };
	resolve_next(r);
	r->starting = false;
	if (!r->finished)
		return r;
	resolve_destroy(r);
	return NULL;
}

void resolve_cancel(struct resolve *r)
{
	if (r == NULL)
		return;
	assert(r->request != NULL);
	r->done = NULL;
	evdns_getaddrinfo_cancel(r->request);
}
