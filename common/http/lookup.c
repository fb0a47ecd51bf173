/* Names to addresses, by evdns. */
#include <arpa/inet.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "http/transfer.h"

struct lookup {
	struct http_transfer *transfer; /* NULL: cancelled */
	lookup_fn *fn;
	struct evdns_getaddrinfo_request *request; /* NULL until evdns has said that it will answer later */
	bool starting;
	bool answered;
};

static void append_address(const struct sockaddr *address, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];
	bool is_v6 = address->sa_family == AF_INET6;
	const void *binary = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	if (is_v6)
		binary = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	if (inet_ntop(address->sa_family, binary, text, sizeof(text)) != NULL)
		buf_printf(out, is_v6 ? "%s[%s]" : "%s%s", out->len > 0 ? "," : "", text);
}

static void on_addresses(int result, struct evutil_addrinfo *found, void *arg)
{
	struct lookup *lookup = arg;
	struct http_transfer *transfer = lookup->transfer;
	lookup_fn *fn = lookup->fn;
	owned_buf struct buf out = { 0 };
	for (struct evutil_addrinfo *ai = result == 0 ? found : NULL; ai != NULL; ai = ai->ai_next)
		append_address(ai->ai_addr, &out);
	if (found != NULL)
		evutil_freeaddrinfo(found);
	lookup->answered = true;
	if (transfer != NULL)
		transfer->lookup = NULL;
	if (!lookup->starting)
		free(lookup);
	if (transfer != NULL)
		fn(transfer, out.data);
}

struct lookup *http_lookup_start(struct http_transfer *transfer, const char *host, lookup_fn *fn)
{
	struct evutil_addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = EVUTIL_AI_ADDRCONFIG
	};
	struct lookup *lookup = mem_zalloc(1, sizeof(*lookup));
	*lookup = (struct lookup){ .transfer = transfer, .fn = fn, .starting = true };
	lookup->request = evdns_getaddrinfo(transfer->client->dns, host, NULL, &hints, on_addresses, lookup);
	lookup->starting = false;
	if (!lookup->answered)
		return lookup;
	free(lookup);
	return NULL;
}

void http_lookup_cancel(struct lookup *lookup)
{
	lookup->transfer = NULL;
	evdns_getaddrinfo_cancel(lookup->request);
}
