/* The life of a process: settings, loop, connections, start, drain, stop. It knows no service. */
#include "svc/svc.h"

#include <event2/dns.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "svc/health.h"
#include "svc/internal.h"
#include "svc/settings.h"
#include "svc/stall.h"

#define DRAIN_POLL_MS 20
#define FLUSH_MS 2000
#define CONNECT_TIMEOUT_MS 3000

struct svc {
	const struct svc_descriptor *descriptor;
	struct svc_settings settings;
	void *conf;
	struct event_base *base;
	struct evdns_base *dns;
	struct event *terminate, *interrupt, *drain_poll;
	struct stall *stall;
	struct health *health;
	struct bus *bus;
	struct pg *pg;
	const struct pg_statement **statements; /* what pg prepares: lives as long as it */
	struct emission *emissions;             /* records not acknowledged yet */
	void *state;
	bool started;
	bool draining;
	bool drained_cleanly;
	int64_t drain_until_us;
};

static struct metric ready_metric = {
	.name = "rp_ready",
	.help = "1 if the process is ready to work.",
	.type = METRIC_GAUGE,
};

enum service_id svc_service(const struct svc *svc)
{
	return svc->descriptor->id;
}

struct emission **svc_emissions(struct svc *svc)
{
	return &svc->emissions;
}

struct event_base *svc_base(const struct svc *svc)
{
	return svc->base;
}

struct evdns_base *svc_dns(const struct svc *svc)
{
	return svc->dns;
}

struct bus *svc_bus(const struct svc *svc)
{
	return svc->bus;
}

struct pg *svc_pg(const struct svc *svc)
{
	return svc->pg;
}

const void *svc_conf(const struct svc *svc)
{
	return svc->conf;
}

void *svc_state(const struct svc *svc)
{
	return svc->state;
}

void svc_set_state(struct svc *svc, void *state)
{
	svc->state = state;
}

bool svc_is_ready(const struct svc *svc, const char **reason)
{
	bool ready = true;
	*reason = "";
	if (svc->draining) {
		*reason = "draining";
		ready = false;
	} else if (!svc->started) {
		*reason = "starting";
		ready = false;
	} else if (svc->pg != NULL && !pg_is_connected(svc->pg)) {
		*reason = "PostgreSQL is not connected";
		ready = false;
	} else if (!bus_is_ready(svc->bus, reason)) {
		ready = false;
	} else if (svc->descriptor->is_ready != NULL) {
		ready = svc->descriptor->is_ready((struct svc *)svc, reason);
	}
	metric_set(&ready_metric, NULL, ready ? 1 : 0);
	return ready;
}

/* --- what the connections tell us --- */

static void on_assigned(enum topic topic, int32_t partition, void *context)
{
	struct svc *svc = context;
	if (svc->descriptor->assigned != NULL)
		svc->descriptor->assigned(svc, topic, partition);
}

static void on_revoked(enum topic topic, int32_t partition, void *context)
{
	struct svc *svc = context;
	if (svc->descriptor->revoked != NULL)
		svc->descriptor->revoked(svc, topic, partition);
}

static void on_ready_changed(bool ready, void *context)
{
	(void)context;
	LOG_INFO(NULL, ready ? "Kafka is ready" : "Kafka is not ready");
}

/* Without PostgreSQL no record can have its effect: they wait where they are. */
static void on_pg_connected(bool connected, void *context)
{
	struct svc *svc = context;
	LOG_INFO(NULL, connected ? "PostgreSQL is connected" : "PostgreSQL is away");
	if (svc->bus != NULL && svc->descriptor->handler_count > 0) {
		if (connected)
			bus_release_all(svc->bus);
		else
			bus_hold_all(svc->bus);
	}
	if (svc->started && svc->descriptor->pg_connected != NULL)
		svc->descriptor->pg_connected(svc, connected);
}

static void on_notified(const char *channel, const char *payload, void *context)
{
	struct svc *svc = context;
	if (svc->started && svc->descriptor->notified != NULL)
		svc->descriptor->notified(svc, channel, payload);
}

/* --- drain --- */

static bool is_idle(struct svc *svc)
{
	if (svc->descriptor->is_idle != NULL && !svc->descriptor->is_idle(svc))
		return false;
	return svc->emissions == NULL && bus_pending(svc->bus) == 0 && (svc->pg == NULL || pg_pending(svc->pg) == 0);
}

static void on_drain_poll(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct svc *svc = arg;
	svc->drained_cleanly = is_idle(svc);
	if (svc->drained_cleanly || clock_mono_us() >= svc->drain_until_us)
		event_base_loopbreak(svc->base);
	else
		event_add(svc->drain_poll, &(struct timeval){ .tv_usec = DRAIN_POLL_MS * 1000 });
}

static void on_signal(evutil_socket_t signal_number, short what, void *arg)
{
	(void)what;
	struct svc *svc = arg;
	if (svc->draining)
		return;
	LOG_INFO(NULL, "draining", LOG_STR("signal", strsignal((int)signal_number)));
	svc->draining = true;
	svc->drain_until_us = clock_mono_us() + svc->settings.drain_timeout_ms * CLOCK_US_PER_MS;
	bus_drain(svc->bus);
	if (svc->descriptor->drain != NULL)
		svc->descriptor->drain(svc);
	event_active(svc->drain_poll, EV_TIMEOUT, 0);
}

/* --- setting up and down --- */

/* How many connections there may be is a setting of ours, not what a shell happened to allow. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void setup_loop(struct svc *svc)
{
	raise_descriptor_limit();
	svc->base = event_base_new();
	if (svc->base == NULL)
		abort();
	svc->dns = evdns_base_new(svc->base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (svc->dns == NULL)
		svc->dns = evdns_base_new(svc->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	signal(SIGPIPE, SIG_IGN);
	svc->terminate = evsignal_new(svc->base, SIGTERM, on_signal, svc);
	svc->interrupt = evsignal_new(svc->base, SIGINT, on_signal, svc);
	svc->drain_poll = evtimer_new(svc->base, on_drain_poll, svc);
	event_add(svc->terminate, NULL);
	event_add(svc->interrupt, NULL);
	metrics_register(&ready_metric);
}

static bool setup_bus(struct svc *svc, struct err *err)
{
	const struct svc_descriptor *d = svc->descriptor;
	static const struct bus_callbacks callbacks = { on_assigned, on_revoked, on_ready_changed };
	struct bus_conf conf;
	if (!svc_settings_bus(d, &svc->settings, &conf, err))
		return false;
	bool ok = bus_create(svc->base, &conf, d->handlers, d->handler_count, &callbacks, svc, &svc->bus, err);
	explicit_bzero(conf.mac_keys, sizeof(conf.mac_keys));
	for (size_t i = 0; ok && i < d->tail_count; i++)
		ok = bus_tail(svc->bus, d->tails[i].topic, d->tails[i].from_start, d->tails[i].handle, svc, err);
	return ok;
}

/* The statements of all stores in one list, the caller's. */
static const struct pg_statement **collect_statements(const struct svc_store *stores, size_t *count)
{
	*count = 0;
	for (const struct svc_store *store = stores; store->statements != NULL; store++)
		*count += store->count;
	const struct pg_statement **list = mem_zalloc(*count, sizeof(*list));
	size_t n = 0;
	for (const struct svc_store *store = stores; store->statements != NULL; store++)
		for (size_t i = 0; i < store->count; i++)
			list[n++] = store->statements[i];
	return list;
}

static bool setup_pg(struct svc *svc, struct err *err)
{
	const struct svc_descriptor *d = svc->descriptor;
	static const struct pg_callbacks callbacks = { on_pg_connected, on_notified };
	if (d->stores == NULL)
		return true;
	if (d->handler_count > 0)
		bus_hold_all(svc->bus);
	const struct pg_conf conf = {
		.dsn = svc->settings.database_url,
		.connections = (int)svc->settings.database_connections,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.statement_timeout_ms = svc->settings.database_statement_timeout_ms,
	};
	size_t count;
	svc->statements = collect_statements(d->stores, &count);
	if (!pg_create(svc->base, &conf, svc->statements, count, d->channels, &callbacks, svc, &svc->pg, err)) {
		if (err != NULL && err->where[0] == '\0')
			err_add_where(err, "DATABASE_URL");
		return false;
	}
	return true;
}

static bool setup(struct svc *svc, struct err *err)
{
	const struct svc_descriptor *d = svc->descriptor;
	if (!svc_settings_read(d, &svc->settings, err))
		return false;
	log_setup(service_name(d->id), (enum log_level)svc->settings.log_level,
		(enum log_format)svc->settings.log_format);
	svc->conf = mem_zalloc(1, d->conf_size);
	if (d->conf != NULL && !conf_read(d->conf, conf_environment, NULL, svc->conf, err))
		return false;
	setup_loop(svc);
	if (!setup_bus(svc, err) || !setup_pg(svc, err))
		return false;
	svc->health = health_create(svc, &svc->settings.health_listen, err);
	if (svc->health == NULL)
		return false;
	svc->started = d->start(svc, err);
	if (svc->started)
		svc->stall = stall_create(svc->base); /* from here on everything happens on the loop */
	return svc->started;
}

static void teardown(struct svc *svc)
{
	const struct svc_descriptor *d = svc->descriptor;
	health_destroy(svc->health);
	pg_destroy(svc->pg);
	svc->pg = NULL; /* acknowledgements that the flush still brings must not find it */
	free(svc->statements);
	if (svc->bus != NULL)
		bus_destroy(svc->bus, FLUSH_MS);
	svc_emissions_drop(svc);
	if (svc->base != NULL && d->stop != NULL)
		d->stop(svc);
	stall_destroy(svc->stall);
	struct event *events[] = { svc->terminate, svc->interrupt, svc->drain_poll };
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	/* Look-ups that were cancelled are released by the loop's next turn. */
	if (svc->base != NULL)
		event_base_loop(svc->base, EVLOOP_NONBLOCK);
	if (svc->dns != NULL)
		evdns_base_free(svc->dns, 0);
	if (svc->base != NULL)
		event_base_free(svc->base);
	if (svc->conf != NULL && d->conf != NULL)
		conf_finish(d->conf, svc->conf);
	free(svc->conf);
	svc_settings_finish(d, &svc->settings);
}

static void print_help(const struct svc_descriptor *descriptor, bool markdown)
{
	owned_buf struct buf out = { 0 };
	const char *name = service_name(descriptor->id);
	if (markdown)
		buf_printf(&out, "## %s\n\n%s\n\n", name, descriptor->summary);
	else
		buf_printf(&out,
			"releasepassport-%s %s: %s\n\nusage: releasepassport-%s [--help | --help=markdown | "
			"--version]\n\n"
			"Settings are environment variables:\n\n",
			name, RP_VERSION, descriptor->summary, name);
	svc_settings_describe(descriptor, markdown, &out);
	fputs(buf_str(&out), stdout);
}

/* Handles the command line; true if the process should go on. */
static bool read_arguments(const struct svc_descriptor *descriptor, int argc, char **argv, int *status)
{
	if (argc <= 1)
		return true;
	*status = 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help(descriptor, false);
	} else if (argc == 2 && strcmp(argv[1], "--help=markdown") == 0) {
		print_help(descriptor, true);
	} else if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("releasepassport-%s %s\n", service_name(descriptor->id), RP_VERSION);
	} else {
		fprintf(stderr, "releasepassport-%s takes settings from the environment only; see --help\n",
			service_name(descriptor->id));
		*status = err_info(ERR_USAGE)->exit_code;
	}
	return false;
}

int svc_main(const struct svc_descriptor *descriptor, int argc, char **argv)
{
	int status;
	if (!read_arguments(descriptor, argc, argv, &status))
		return status;
	log_setup(service_name(descriptor->id), LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	struct svc svc = { .descriptor = descriptor };
	struct err err = { 0 };
	if (setup(&svc, &err)) {
		LOG_INFO(NULL, "started", LOG_STR("version", RP_VERSION),
			LOG_INT("health_port", health_port(svc.health)));
		event_base_dispatch(svc.base);
		status = svc.drained_cleanly ? 0 : 4;
		LOG_INFO(NULL, "stopping", LOG_BOOL("drained", svc.drained_cleanly));
	} else {
		log_err(LOG_LEVEL_ERROR, NULL, "the service does not start", &err);
		status = err_info(err.kind)->exit_code;
	}
	teardown(&svc);
	return status;
}
