#include "gauges.h"

#include <stdlib.h>

#include "log/log.h"
#include "metrics/metrics.h"
#include "store.h"

#define EVERY_S 5

struct gauges {
	struct audit_writer *writer;
	struct event *timer;
	bool asking;
};

static struct metric outbox_oldest = {
	.name = "rp_outbox_oldest_seconds",
	.help = "Age of the oldest audit event that waits in the outbox.",
	.type = METRIC_GAUGE,
};
static struct metric unannounced_oldest = {
	.name = "rp_unannounced_oldest_seconds",
	.help = "Age of the oldest decision that is recorded and not announced.",
	.type = METRIC_GAUGE,
};
static struct metric partitions_ahead = {
	.name = "rp_partitions_ahead",
	.help = "Months after the present one that have their partitions; below 1 is time for releasepassport "
		"maintain.",
	.type = METRIC_GAUGE,
};

static void on_row(const struct pg_result *row, void *arg)
{
	(void)arg;
	metric_set(&outbox_oldest, NULL, (double)pg_int(row, 0, 0));
	metric_set(&unannounced_oldest, NULL, (double)pg_int(row, 0, 1));
	metric_set(&partitions_ahead, NULL, (double)pg_int(row, 0, 2));
}

static void on_done(bool ok, const struct err *err, void *arg)
{
	struct gauges *gauges = arg;
	gauges->asking = false;
	if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "the gauges could not be read", err);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct gauges *gauges = arg;
	struct pg *pg = svc_pg(gauges->writer->svc);
	if (gauges->asking || !pg_is_connected(pg))
		return;
	gauges->asking = true;
	store_gauges(pg, on_row, on_done, gauges);
}

struct gauges *gauges_create(struct audit_writer *writer)
{
	struct gauges *gauges = mem_zalloc(1, sizeof(*gauges));
	gauges->writer = writer;
	gauges->timer = event_new(svc_base(writer->svc), -1, EV_PERSIST, on_timer, gauges);
	event_add(gauges->timer, &(struct timeval){ .tv_sec = EVERY_S });
	metrics_register(&outbox_oldest);
	metrics_register(&unannounced_oldest);
	metrics_register(&partitions_ahead);
	return gauges;
}

void gauges_destroy(struct gauges *gauges)
{
	if (gauges == NULL)
		return;
	event_free(gauges->timer);
	free(gauges);
}
