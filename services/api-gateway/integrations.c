#include "integrations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "call.h"
#include "json/json.h"

struct report {
	char *key; /* connector and worker, framed */
	Rp__V1__ConnectorStatus *status;
	UT_hash_handle hh;
};

struct integrations {
	struct report *reports;
};

struct integrations *integrations_create(void)
{
	return mem_zalloc(1, sizeof(struct integrations));
}

static void forget(struct integrations *integrations, struct report *report)
{
	HASH_DEL(integrations->reports, report);
	rp__v1__connector_status__free_unpacked(report->status, NULL);
	free(report->key);
	free(report);
}

void integrations_destroy(struct integrations *integrations)
{
	if (integrations == NULL)
		return;
	while (integrations->reports != NULL)
		forget(integrations, integrations->reports);
	free(integrations);
}

static Rp__V1__ConnectorStatus *copy(const Rp__V1__ConnectorStatus *status)
{
	const size_t size = rp__v1__connector_status__get_packed_size(status);
	owned(mem) uint8_t *packed = mem_alloc(size + 1);
	rp__v1__connector_status__pack(status, packed);
	return rp__v1__connector_status__unpack(NULL, size, packed);
}

static void sweep(struct integrations *integrations, int64_t now_us)
{
	struct report *report, *next;
	HASH_ITER (hh, integrations->reports, report, next)
		if (report->status->reported_at_us + INTEGRATIONS_LIFE_US < now_us)
			forget(integrations, report);
}

void integrations_on_status(struct integrations *integrations, const Rp__V1__ConnectorStatus *status)
{
	owned_buf struct buf key = { 0 };
	buf_printf(&key, "%zu:%s,%s", strlen(status->connector), status->connector, status->worker);
	struct report *report;
	HASH_FIND_STR(integrations->reports, buf_str(&key), report);
	if (report != NULL && report->status->reported_at_us > status->reported_at_us)
		return;
	if (report != NULL)
		forget(integrations, report);
	if (HASH_COUNT(integrations->reports) >= INTEGRATIONS_MAX)
		sweep(integrations, clock_now_us());
	Rp__V1__ConnectorStatus *kept = copy(status);
	if (kept == NULL || HASH_COUNT(integrations->reports) >= INTEGRATIONS_MAX) {
		if (kept != NULL)
			rp__v1__connector_status__free_unpacked(kept, NULL);
		return;
	}
	report = mem_zalloc(1, sizeof(*report));
	report->key = buf_steal(&key, NULL);
	report->status = kept;
	HASH_ADD_KEYPTR(hh, integrations->reports, report->key, strlen(report->key), report);
}

static bool is_for(const Rp__V1__ConnectorStatus *status, const char *workspace)
{
	for (size_t i = 0; i < status->n_workspaces; i++)
		if (strcmp(status->workspaces[i], "*") == 0 || strcmp(status->workspaces[i], workspace) == 0)
			return true;
	return false;
}

static const char *state_word(Rp__V1__ConnectorState state)
{
	if (state == RP__V1__CONNECTOR_STATE__CONNECTOR_IDLE)
		return "idle";
	if (state == RP__V1__CONNECTOR_STATE__CONNECTOR_OK)
		return "ok";
	return state == RP__V1__CONNECTOR_STATE__CONNECTOR_FAILING ? "failing" : "unknown";
}

/* Counters pass 2^53 only in theory. */
static void add_count(struct json_object *object, const char *name, uint64_t count)
{
	json_add_int(object, name, count < (uint64_t)JSON_INTEGER_MAX ? (int64_t)count : JSON_INTEGER_MAX);
}

static struct json_object *report_json(const Rp__V1__ConnectorStatus *status, int64_t now_us)
{
	struct json_object *object = json_object_new_object();
	json_add_string(object, "connector", status->connector);
	json_add_string(object, "type", status->type);
	json_add_string(object, "worker", status->worker);
	json_add_string(object, "state", state_word(status->state));
	json_add_bool(object, "stale", status->reported_at_us + INTEGRATIONS_STALE_US < now_us);
	json_add_string(object, "detail", status->detail);
	json_add_time(object, "reportedAt", status->reported_at_us);
	json_add_time(object, "lastSuccessAt", status->last_success_at_us);
	json_add_time(object, "lastFailureAt", status->last_failure_at_us);
	add_count(object, "queries", status->queries);
	add_count(object, "failures", status->failures);
	return object;
}

static int by_key(struct report *a, struct report *b)
{
	const int order = strcmp(a->status->connector, b->status->connector);
	return order != 0 ? order : strcmp(a->status->worker, b->status->worker);
}

struct json_object *integrations_json(struct integrations *integrations, const char *workspace, int64_t now_us)
{
	struct json_object *list = json_object_new_array();
	struct report *report, *next;
	sweep(integrations, now_us);
	HASH_SORT(integrations->reports, by_key);
	HASH_ITER (hh, integrations->reports, report, next)
		if (is_for(report->status, workspace))
			json_object_array_add(list, report_json(report->status, now_us));
	return list;
}

void integrations_get(struct call *call)
{
	if (!call_authorise(call, TOKEN_READ, NULL, NULL))
		return;
	owned(json) struct json_object *answer = json_object_new_object();
	json_add(answer, "integrations",
		integrations_json(call->gateway->integrations, call->identity->workspace, clock_now_us()));
	http_respond_json(call->request, 200, answer);
}
