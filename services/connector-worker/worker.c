#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "base/clock.h"
#include "bus/record_key.h"
#include "connectors.h"
#include "log/log.h"
#include "policy/query.h"
#include "status.h"

struct worker_conf {
	const char *connectors_file;
};

struct worker {
	struct connectors *connectors;
	struct http_client *client;
	struct status *status;
	struct asking *asking;
};

/* Is the record what an evaluator writes? Its digest must be that of what is asked: facts are found by it. */
static bool check_query(const Rp__V1__EvidenceQuery *query, const struct bus_record *record, struct err *err)
{
	char digest[POLICY_QUERY_DIGEST_SIZE];
	if (strcmp(policy_query_digest(query->connector, query->query, digest), query->query_digest) != 0)
		return err_set(err, ERR_INVALID, "the query's digest is not that of its text");
	if (!record_key_is(record->key, query->workspace, query->service, query->environment))
		return err_set(err, ERR_INVALID, "the query does not belong to its record's key");
	if (query->timeout_ms < 1 || query->timeout_ms > 600000)
		return err_set(err, ERR_INVALID, "the query's timeout is out of range");
	return true;
}

static void refuse(struct svc *svc, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__EvidenceQuery *query, const char *format)
{
	owned(arena) struct arena *arena = arena_create();
	struct observation observation;
	observation_failed(&observation, RP__V1__FACT_STATUS__FACT_ERROR,
		arena_printf(arena, "connector %.128s %s", query->connector, format), clock_now_us(), arena);
	asking_answer(svc, delivery, record, query, &observation);
}

static void on_query(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	struct worker *worker = svc_state(context);
	const Rp__V1__EvidenceQuery *query = (const Rp__V1__EvidenceQuery *)message;
	struct err err;
	if (!check_query(query, record, &err)) {
		log_err(LOG_LEVEL_ERROR, &(struct log_ctx){ query->evaluation_id }, "a query can't be asked", &err);
		bus_dead_letter(delivery, &err);
		return;
	}
	if (clock_now_us() >= query->deadline_us) {
		bus_done(delivery); /* nobody waits for the answer any more */
		return;
	}
	const struct connector *connector = connectors_find(worker->connectors, query->connector);
	if (connector == NULL)
		refuse(context, delivery, record, query, "is not configured");
	else if (!connector_serves(connector, query->workspace, query->service))
		refuse(context, delivery, record, query, "does not serve this workspace and service");
	else
		asking_add(worker->asking, connector, delivery, record, query);
}

static bool worker_start(struct svc *svc, struct err *err)
{
	const struct worker_conf *conf = svc_conf(svc);
	struct worker *worker = mem_zalloc(1, sizeof(*worker));
	svc_set_state(svc, worker);
	if (!connectors_load(conf->connectors_file, &worker->connectors, err))
		return conf_blame(err, "WORKER_CONNECTORS_FILE");
	worker->client = http_client_create(svc_base(svc), svc_dns(svc), err);
	if (worker->client == NULL)
		return false;
	worker->status = status_create(svc, worker->connectors);
	worker->asking = asking_create(svc, worker->client, worker->status);
	LOG_INFO(NULL, "connectors are configured", LOG_INT("count", worker->connectors->count));
	return true;
}

static bool worker_is_idle(struct svc *svc)
{
	return asking_idle(((const struct worker *)svc_state(svc))->asking);
}

static void worker_stop(struct svc *svc)
{
	struct worker *worker = svc_state(svc);
	if (worker == NULL)
		return;
	asking_destroy(worker->asking);
	status_destroy(worker->status);
	http_client_destroy(worker->client);
	connectors_destroy(worker->connectors);
	free(worker);
}

static const struct conf_key conf_keys[] = {
	{ "WORKER_CONNECTORS_FILE", NULL, "the connectors, YAML: docs/connectors.md", CONF_PATH,
		offsetof(struct worker_conf, connectors_file) },
	{ 0 },
};

static const struct bus_handler handlers[] = {
	{ TOPIC_EVIDENCE_QUERIES, on_query },
};

const struct svc_descriptor worker_svc = {
	.id = SERVICE_CONNECTOR_WORKER,
	.summary = "asks the customer's systems and says what they answered",
	.conf = conf_keys,
	.conf_size = sizeof(struct worker_conf),
	.handlers = handlers,
	.handler_count = ARRAY_SIZE(handlers),
	.mac_pairs = { MAC_WORKER_EVALUATOR },
	.start = worker_start,
	.is_idle = worker_is_idle,
	.stop = worker_stop,
};
