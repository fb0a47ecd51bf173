/* curl's multi-socket interface on libevent. */
#include "http/client.h"

#include <stdlib.h>

#include "http/transfer.h"

/* Tells the transfers that are done. A callback may start or cancel others, so the list is asked anew each time. */
static void report_done(struct http_client *client)
{
	int left;
	for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
		struct http_transfer *transfer = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode result = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&transfer);
		transfer_done(transfer, result);
	}
}

static void act(struct http_client *client, curl_socket_t fd, int what)
{
	int running;
	curl_multi_socket_action(client->multi, fd, what, &running);
	report_done(client);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	act(arg, fd, ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) | ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

/* curl wants to be told at that time. Never at once: this may be called from within curl. */
static int set_timer(CURLM *multi, long ms, void *arg)
{
	(void)multi;
	struct http_client *client = arg;
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	if (ms < 0)
		evtimer_del(&client->timer);
	else
		evtimer_add(&client->timer, &tv);
	return 0;
}

/* curl wants to know of this socket; socket_data is the event that we gave it. */
static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_data)
{
	(void)easy;
	struct http_client *client = arg;
	struct event *event = socket_data;
	if (event != NULL)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		int flags = EV_PERSIST | ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
			    ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0);
		event = event_new(client->base, fd, (short)flags, on_socket, client);
		event_add(event, NULL);
	}
	curl_multi_assign(client->multi, fd, event);
	return 0;
}

/* resolv.conf may be missing or name no server: names from /etc/hosts work all the same. */
static struct evdns_base *create_dns(struct event_base *base)
{
	struct evdns_base *dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (dns != NULL)
		evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL, "/etc/resolv.conf");
	return dns;
}

struct http_client *http_client_create(struct event_base *base, struct evdns_base *dns, struct err *err)
{
	struct http_client *client = mem_zalloc(1, sizeof(*client));
	client->base = base;
	client->owns_dns = dns == NULL;
	client->dns = dns != NULL ? dns : create_dns(base);
	client->trusted = X509_STORE_new();
	evtimer_assign(&client->timer, base, on_timer, client);
	bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	client->multi = curl_multi_init();
	if (!ok || client->dns == NULL || client->multi == NULL || client->trusted == NULL ||
		X509_STORE_set_default_paths(client->trusted) != 1) {
		err_set(err, ERR_UNAVAILABLE, "the HTTP client can't be set up");
		http_client_destroy(client);
		return NULL;
	}
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
	return client;
}

void http_client_destroy(struct http_client *client)
{
	if (client == NULL)
		return;
	while (!LIST_EMPTY(&client->transfers))
		http_transfer_cancel(LIST_FIRST(&client->transfers));
	curl_multi_cleanup(client->multi);
	evtimer_del(&client->timer);
	if (client->owns_dns && client->dns != NULL)
		evdns_base_free(client->dns, 1);
	X509_STORE_free(client->trusted);
	free(client);
	curl_global_cleanup();
}
