#include "status.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "operations.pb-c.h"

#define REPORT_EVERY_S 10

struct health {
	Rp__V1__ConnectorState state;
	char detail[OBSERVATION_DETAIL_MAX + 1];
	int64_t last_success_us, last_failure_us;
	uint64_t queries, failures;
};

struct status {
	struct svc *svc;
	const struct connectors *connectors;
	struct health *healths; /* one for each connector */
	struct event *timer;
	char worker[ID_SIZE];
};

static struct metric up = {
	.name = "rp_connector_up",
	.help = "1 if the connector's last query was answered, 0 if it failed.",
	.type = METRIC_GAUGE,
	.label = "connector",
};
static struct metric failures = {
	.name = "rp_connector_failures_total",
	.help = "Queries that the connector's source did not answer.",
	.type = METRIC_COUNTER,
	.label = "connector",
};

static void report(struct status *status, size_t i)
{
	const struct connector *connector = &status->connectors->items[i];
	const struct health *health = &status->healths[i];
	Rp__V1__ConnectorStatus record = RP__V1__CONNECTOR_STATUS__INIT;
	record.min_reader = RECORD_READER_VERSION;
	record.connector = (char *)connector->name;
	record.type = (char *)connector->type->name;
	record.state = health->state;
	record.detail = (char *)health->detail;
	record.reported_at_us = clock_now_us();
	record.last_success_at_us = health->last_success_us;
	record.last_failure_at_us = health->last_failure_us;
	record.queries = health->queries;
	record.failures = health->failures;
	record.n_workspaces = connector->workspace_count;
	record.workspaces = (char **)connector->workspaces;
	record.worker = status->worker;
	char ce_id[256];
	struct err err;
	snprintf(ce_id, sizeof(ce_id), "connector-status/%s/%.128s/%lld", status->worker, connector->name,
		(long long)record.reported_at_us);
	/* The next report makes good for one that is lost. */
	if (!bus_produce(svc_bus(status->svc),
		    &(struct bus_message){ TOPIC_CONNECTOR_STATUS, connector->name, -1, ce_id, record.reported_at_us,
			    NULL, &record.base },
		    NULL, NULL, &err))
		log_err(LOG_LEVEL_WARN, NULL, "a connector's status can't be told", &err);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct status *status = arg;
	if (!bus_is_connected(svc_bus(status->svc)))
		return;
	for (size_t i = 0; i < status->connectors->count; i++)
		report(status, i);
}

struct status *status_create(struct svc *svc, const struct connectors *connectors)
{
	struct status *status = mem_zalloc(1, sizeof(*status));
	status->svc = svc;
	status->connectors = connectors;
	status->healths = mem_zalloc(connectors->count, sizeof(*status->healths));
	for (size_t i = 0; i < connectors->count; i++)
		status->healths[i].state = RP__V1__CONNECTOR_STATE__CONNECTOR_IDLE;
	id_create("cw_", status->worker);
	status->timer = event_new(svc_base(svc), -1, EV_PERSIST, on_timer, status);
	event_add(status->timer, &(struct timeval){ .tv_sec = REPORT_EVERY_S });
	metrics_register(&up);
	metrics_register(&failures);
	return status;
}

void status_destroy(struct status *status)
{
	if (status == NULL)
		return;
	event_free(status->timer);
	free(status->healths);
	free(status);
}

void status_note(struct status *status, const struct connector *connector, const struct observation *observation)
{
	const size_t i = (size_t)(connector - status->connectors->items);
	struct health *health = &status->healths[i];
	const bool failed = observation->status == RP__V1__FACT_STATUS__FACT_ERROR ||
			    observation->status == RP__V1__FACT_STATUS__FACT_TIMEOUT;
	const Rp__V1__ConnectorState state =
		failed ? RP__V1__CONNECTOR_STATE__CONNECTOR_FAILING : RP__V1__CONNECTOR_STATE__CONNECTOR_OK;
	health->queries++;
	health->failures += failed;
	*(failed ? &health->last_failure_us : &health->last_success_us) = clock_now_us();
	snprintf(health->detail, sizeof(health->detail), "%s", failed ? observation->detail : "");
	metric_set(&up, connector->name, failed ? 0 : 1);
	if (failed)
		metric_add(&failures, connector->name, 1);
	if (state == health->state)
		return;
	health->state = state;
	LOG_INFO(NULL, failed ? "the connector fails" : "the connector works", LOG_STR("connector", connector->name),
		LOG_STR("detail", health->detail));
	report(status, i);
}
