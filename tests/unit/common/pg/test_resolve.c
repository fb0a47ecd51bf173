#include "unit.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pg/resolve.h"

static struct event_base *base;
static struct evdns_base *dns;
static struct dsn dsn;

static struct {
	int calls;
	char host[256], address[256], port[256], error[256];
} seen;

static void on_done(const struct resolve_lists *lists, const char *error, void *arg)
{
	(void)arg;
	seen.calls++;
	strcpy(seen.host, buf_str(&lists->host));
	strcpy(seen.address, buf_str(&lists->address));
	strcpy(seen.port, buf_str(&lists->port));
	strcpy(seen.error, error != NULL ? error : "");
}

static struct evdns_server_port *name_server;

static void refuse_name(struct evdns_server_request *request, void *arg)
{
	(void)arg;
	evdns_server_request_respond(request, DNS_ERR_NOTEXIST);
}

/* A name server on loopback that knows no name; it answers when the loop runs. */
static void start_name_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	name_server = evdns_add_server_port_with_base(base, fd, 0, refuse_name, NULL);
	char text[64];
	snprintf(text, sizeof(text), "127.0.0.1:%d", ntohs(address.sin_port));
	ck_assert_int_eq(evdns_base_nameserver_ip_add(dns, text), 0);
}

/* A resolver that knows the hosts file's text and one name server. */
static void set_up(const char *conninfo, const char *hosts)
{
	struct err err;
	memset(&seen, 0, sizeof(seen));
	base = event_base_new();
	dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	char path[] = "/tmp/releasepassport-hosts-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, hosts, strlen(hosts)), (ssize_t)strlen(hosts));
	close(fd);
	ck_assert_int_eq(evdns_base_load_hosts(dns, path), 0);
	unlink(path);
	start_name_server();
	ck_assert(dsn_parse(conninfo, &dsn, &err));
}

static void tear_down(void)
{
	evdns_base_free(dns, 1);
	evdns_close_server_port(name_server);
	event_base_loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	dsn_finish(&dsn);
}

START_TEST(test_resolve__needs_no_look_up_for_addresses_and_directories)
{
	set_up("host=10.0.0.1,/run/pg,::1 port=1,2,3", "");
	ck_assert_ptr_null(resolve_start(dns, &dsn, on_done, NULL));
	ck_assert_int_eq(seen.calls, 1);
	ck_assert_str_eq(seen.host, "10.0.0.1,/run/pg,::1");
	ck_assert_str_eq(seen.address, "10.0.0.1,,::1");
	ck_assert_str_eq(seen.port, "1,2,3");
	tear_down();
}
END_TEST

START_TEST(test_resolve__names_every_address_of_a_host)
{
	set_up("host=db,other port=1,2", "10.0.0.1 db\n10.0.0.2 db\n10.0.0.3 other\n");
	struct resolve *resolve = resolve_start(dns, &dsn, on_done, NULL);
	if (resolve != NULL)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(seen.calls, 1);
	ck_assert_str_eq(seen.host, "db,db,other");
	ck_assert_str_eq(seen.port, "1,1,2");
	ck_assert(strcmp(seen.address, "10.0.0.1,10.0.0.2,10.0.0.3") == 0 ||
		  strcmp(seen.address, "10.0.0.2,10.0.0.1,10.0.0.3") == 0);
	tear_down();
}
END_TEST

START_TEST(test_resolve__one_host_with_an_address_will_do)
{
	set_up("host=nowhere.invalid,db", "10.0.0.1 db\n");
	(void)resolve_start(dns, &dsn, on_done, NULL);
	for (int i = 0; i < 100 && seen.calls == 0; i++)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(seen.calls, 1);
	ck_assert_str_eq(seen.error, "");
	ck_assert_str_eq(seen.address, "10.0.0.1");
	tear_down();
}
END_TEST

START_TEST(test_resolve__says_which_name_has_no_address)
{
	set_up("host=nowhere.invalid", "");
	(void)resolve_start(dns, &dsn, on_done, NULL);
	for (int i = 0; i < 100 && seen.calls == 0; i++)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(seen.calls, 1);
	ck_assert_ptr_nonnull(strstr(seen.error, "nowhere.invalid"));
	tear_down();
}
END_TEST

START_TEST(test_resolve__cancelled_is_never_answered)
{
	set_up("host=nowhere.invalid", "");
	struct resolve *resolve = resolve_start(dns, &dsn, on_done, NULL);
	ck_assert_ptr_nonnull(resolve);
	resolve_cancel(resolve);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(seen.calls, 0);
	tear_down();
}
END_TEST

UNIT_MAIN("pg/resolve", test_resolve__needs_no_look_up_for_addresses_and_directories,
	test_resolve__names_every_address_of_a_host, test_resolve__one_host_with_an_address_will_do,
	test_resolve__says_which_name_has_no_address, test_resolve__cancelled_is_never_answered)
