/* Private to http: the client and its calls under way. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <curl/curl.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/x509.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "http/client.h"

struct http_client {
	struct event_base *base;
	struct evdns_base *dns;
	bool owns_dns;
	CURLM *multi;
	struct event timer;  /* curl's */
	X509_STORE *trusted; /* the system's authorities, read once: reading them for each connection would stall the
				loop */
	LIST_HEAD(, http_transfer) transfers;
};

/* A name that is being resolved. It outlives its transfer until evdns lets go of it. */
struct lookup;
typedef void lookup_fn(struct http_transfer *transfer, const char *addresses);

struct http_transfer {
	LIST_ENTRY(http_transfer) entry;
	struct http_client *client;
	http_answer_fn *callback;
	void *arg;
	CURL *easy;
	bool running; /* the multi handle has it */
	bool too_large;
	struct curl_slist *headers;
	struct curl_slist *resolve;
	struct lookup *lookup;
	struct event timer; /* the deadline, or the error that is to be reported from the loop */
	struct err err;
	struct buf body;
	char *host, *port;
	int64_t timeout_ms;
	size_t max_body_bytes;
	char fault[CURL_ERROR_SIZE];
};

/* http/transfer.c: curl is done with the transfer. */
void transfer_done(struct http_transfer *transfer, CURLcode result);

/*
 * http/lookup.c: asks for the addresses of host. fn gets them as curl writes them ("192.0.2.1,[2001:db8::1]"), or NULL
 * if there are none; perhaps before this returns, which then returns NULL.
 */
struct lookup *http_lookup_start(struct http_transfer *transfer, const char *host, lookup_fn *fn);
void http_lookup_cancel(struct lookup *lookup);

#endif
