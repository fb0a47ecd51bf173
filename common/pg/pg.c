#include "pg/pg.h"

#include <assert.h>
#include <event2/dns.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/own.h"
#include "metrics/metrics.h"
#include "pg/pipeline.h"
#include "pg/pool.h"

/* Works in flight on one connection. More only wait for each other: whoever sends them had better hear so. */
#define PENDING_MAX 1024
/* The server's own timeout comes first; this is for a server or a network that says nothing. */
#define ANSWER_GRACE_MS 1000

static struct metric connected_gauge = {
	.name = "rp_pg_connected", .help = "1 while every connection to PostgreSQL is ready", .type = METRIC_GAUGE
};
static struct metric pending_gauge = {
	.name = "rp_pg_pending", .help = "Units of work that wait for PostgreSQL's answer", .type = METRIC_GAUGE
};
static struct metric work_seconds = { .name = "rp_pg_work_seconds",
	.help = "Units of work from their start to their outcome",
	.type = METRIC_HISTOGRAM };

static void on_refuse(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct pg *pg = arg;
	struct pg_queue refused = pg->refused;
	pg->refused = (struct pg_queue){ 0 };
	for (struct pg_work *work; (work = queue_pop(&refused)) != NULL;)
		work_fail(work, "PostgreSQL is away or overloaded");
}

/* Without a usable resolv.conf, names of the hosts file and addresses still work. */
static struct evdns_base *create_dns(struct event_base *base)
{
	struct evdns_base *dns =
		evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (dns == NULL) {
		dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
		if (dns != NULL)
			evdns_base_load_hosts(dns, "/etc/hosts");
	}
	return dns;
}

bool pg_create(struct event_base *base, const struct pg_conf *conf, const struct pg_statement *const *statements,
	size_t statement_count, const char *const *channels, const struct pg_callbacks *callbacks, void *context,
	struct pg **out, struct err *err)
{
	assert(conf->connections >= 1 && conf->connections <= POOL_CONNECTIONS_MAX);
	struct dsn dsn;
	if (!dsn_parse(conf->dsn, &dsn, err))
		return false;
	struct evdns_base *dns = create_dns(base);
	if (dns == NULL) {
		dsn_finish(&dsn);
		return err_set(err, ERR_INTERNAL, "the resolver can't be set up");
	}
	struct pg *pg = mem_zalloc(1, sizeof(*pg));
	*pg = (struct pg){ .base = base,
		.dns = dns,
		.dsn = dsn,
		.conf = *conf,
		.statements = statements,
		.statement_count = statement_count,
		.channels = channels,
		.callbacks = *callbacks,
		.context = context };
	pg->conf.dsn = NULL;
	pg->refuse_event = event_new(base, -1, 0, on_refuse, pg);
	metric_set(&connected_gauge, NULL, 0);
	metric_set(&pending_gauge, NULL, 0);
	metrics_register(&work_seconds);
	for (int i = 0; i < conf->connections; i++) {
		connection_init(&pg->connections[i], pg, i == 0);
		connection_start(&pg->connections[i]);
	}
	*out = pg;
	return true;
}

void pg_destroy(struct pg *pg)
{
	if (pg == NULL)
		return;
	pg->closing = true;
	for (int i = 0; i < pg->conf.connections; i++)
		connection_finish(&pg->connections[i]);
	while (pg->refused.head != NULL) /* also what the callbacks tried once more */
		on_refuse(-1, 0, pg);
	metric_set(&connected_gauge, NULL, 0);
	event_free(pg->refuse_event);
	evdns_base_free(pg->dns, 1);
	dsn_finish(&pg->dsn);
	free(pg);
}

bool pg_is_connected(const struct pg *pg)
{
	return pg->connected;
}

size_t pg_pending(const struct pg *pg)
{
	return pg->pending;
}

bool pool_prepares(const struct pg *pg, const struct pg_statement *statement)
{
	bool found = statement == &work_set_workspace;
	for (size_t i = 0; i < pg->statement_count && !found; i++)
		found = pg->statements[i] == statement;
	return found;
}

void pool_connection_changed(struct pg *pg)
{
	bool connected = !pg->closing;
	for (int i = 0; i < pg->conf.connections; i++)
		connected = connected && connection_is_ready(&pg->connections[i]);
	if (connected == pg->connected)
		return;
	pg->connected = connected;
	metric_set(&connected_gauge, NULL, connected);
	if (pg->callbacks.connected_changed != NULL)
		pg->callbacks.connected_changed(connected, pg->context);
}

void pool_answer_expected(struct connection *c)
{
	if (c->state != STATE_READY || c->broken)
		return;
	if (c->queue.count == 0) {
		event_del(c->timer);
		return;
	}
	int64_t wait_ms = c->pg->conf.statement_timeout_ms + ANSWER_GRACE_MS;
	event_add(c->timer, &(struct timeval){ .tv_sec = wait_ms / 1000, .tv_usec = (wait_ms % 1000) * 1000 });
}

void pool_work_finished(struct pg *pg, const struct pg_work *work)
{
	pg->pending--;
	metric_set(&pending_gauge, NULL, (double)pg->pending);
	metric_observe(&work_seconds, NULL, (double)(clock_mono_us() - work->started_us) / (double)CLOCK_US_PER_S);
}

void pool_notified(struct pg *pg, const char *channel, const char *payload)
{
	if (pg->callbacks.notified != NULL)
		pg->callbacks.notified(channel, payload, pg->context);
}

/* The ready connection with the fewest works in flight, NULL if there is none with room. */
static struct connection *choose(struct pg *pg)
{
	struct connection *best = NULL;
	for (int i = 0; i < pg->conf.connections && !pg->closing; i++) {
		struct connection *c = &pg->connections[i];
		if (connection_is_ready(c) && c->queue.count < PENDING_MAX &&
			(best == NULL || c->queue.count < best->queue.count))
			best = c;
	}
	return best;
}

void pg_work_run(struct pg_work *work, pg_done_fn *done, void *arg)
{
	struct pg *pg = work->pg;
	assert(work->count > 0 && work->started_us == 0);
	work->done = done;
	work->arg = arg;
	work->started_us = clock_mono_us();
	pg->pending++;
	metric_set(&pending_gauge, NULL, (double)pg->pending);
	struct connection *c = choose(pg);
	if (c != NULL) {
		pipeline_send(c, work);
		return;
	}
	queue_push(&pg->refused, work);
	event_active(pg->refuse_event, EV_TIMEOUT, 0);
}
