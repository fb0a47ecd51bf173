#include "waiters.h"

#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "decision.h"
#include "gate_store.h"
#include "json/json.h"
#include "log/log.h"
#include "metrics/metrics.h"

/* Who waits for longer than this looks into the database too: an announcement can be late or missed. */
#define OVERDUE_US (INT64_C(500) * 1000)
#define LOOK_EVERY_MS 500

/* One call. Lives in its request's arena. */
struct waiter {
	struct waiter *next, **link; /* of the same evaluation */
	struct evaluation *evaluation;
	struct call *call;
	const char *request_digest;
	int64_t since_us, deadline_us;
	struct event *timer;
};

/* Calls for one evaluation: a caller may repeat itself. */
struct evaluation {
	struct waiter *waiters;
	char *workspace;
	int64_t since_us;
	UT_hash_handle hh;
	char id[];
};

struct waiters {
	struct gateway *gateway;
	struct evaluation *table;
	struct event *look;
};

static struct metric waiting = {
	.name = "rp_gate_waiting",
	.help = "Calls that wait for a decision.",
	.type = METRIC_GAUGE,
};
static struct metric gate_seconds = {
	.name = "rp_gate_duration_seconds",
	.help = "From the request to its answer, by decision.",
	.type = METRIC_HISTOGRAM,
	.label = "decision",
};

/* The waiter leaves; its call is for the caller to answer. */
static struct call *leave(struct waiters *waiters, struct waiter *waiter)
{
	struct evaluation *evaluation = waiter->evaluation;
	*waiter->link = waiter->next;
	if (waiter->next != NULL)
		waiter->next->link = waiter->link;
	event_free(waiter->timer);
	http_request_on_close(waiter->call->request, NULL, NULL);
	if (evaluation->waiters == NULL) {
		HASH_DEL(waiters->table, evaluation);
		free(evaluation->workspace);
		free(evaluation);
	}
	metric_add(&waiting, NULL, -1);
	return waiter->call;
}

static struct evaluation *find(const struct waiters *waiters, const char *id)
{
	struct evaluation *evaluation;
	HASH_FIND_STR(waiters->table, id, evaluation);
	return evaluation;
}

/* --- the answers --- */

/* False if the event does not verify. */
static bool answer_decision(struct waiters *waiters, struct waiter *waiter, const char *event, size_t len)
{
	owned_decision struct decision decision = { 0 };
	struct err err;
	const bool ok = decision_read(
		waiters->gateway->keys, event, len, waiter->evaluation->id, waiter->request_digest, &decision, &err);
	if (!ok && err.kind != ERR_KEY_REUSED) {
		log_err(LOG_LEVEL_ERROR, http_request_log_ctx(waiter->call->request), "a decision event is ignored",
			&err);
		return false;
	}
	const double took_s = (double)(clock_mono_us() - waiter->since_us) / 1e6;
	struct call *call = leave(waiters, waiter);
	if (!ok) {
		call_fail(call, &err);
		return true;
	}
	metric_observe(
		&gate_seconds, json_object_get_string(json_object_object_get(decision.answer, "decision")), took_s);
	http_respond_json(call->request, 200, decision.answer);
	return true;
}

void waiters_decided(struct waiters *waiters, const char *evaluation_id, const char *event, size_t len)
{
	for (struct evaluation *e; (e = find(waiters, evaluation_id)) != NULL;)
		if (!answer_decision(waiters, e->waiters, event, len))
			return;
}

void waiters_failed(struct waiters *waiters, const char *evaluation_id, const struct err *err)
{
	for (struct evaluation *e; (e = find(waiters, evaluation_id)) != NULL;)
		call_fail(leave(waiters, e->waiters), err);
}

void waiters_answer_pending(struct call *call, const char *evaluation_id, int64_t deadline_us)
{
	char deadline[CLOCK_RFC3339_SIZE];
	clock_format(deadline_us, deadline);
	http_response_header(call->request, "Location",
		arena_printf(call->arena, "/releasepassport/v1/evaluations/%s?deadline=%s", evaluation_id, deadline));
	http_response_header(call->request, "Retry-After", "1");
	owned(json) struct json_object *answer = json_object_new_object();
	json_add_string(answer, "evaluationId", evaluation_id);
	json_add_string(answer, "status", "pending");
	json_add_string(answer, "deadline", deadline);
	http_respond_json(call->request, 202, answer);
}

static void on_wait_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct waiter *waiter = arg;
	struct call *call = waiter->call;
	const char *id = arena_strdup(call->arena, waiter->evaluation->id);
	const int64_t deadline_us = waiter->deadline_us;
	(void)leave(call->gateway->waiters, waiter);
	waiters_answer_pending(call, id, deadline_us);
}

/* Nobody is there any more to be answered: the evaluation goes on by itself. */
static void on_client_gone(struct http_request *request, void *arg)
{
	struct waiter *waiter = arg;
	(void)leave(waiter->call->gateway->waiters, waiter);
	http_respond(request, 503, NULL, NULL, 0);
}

/* --- looking into the database --- */

static void on_rows(const struct pg_result *rows, void *arg)
{
	struct waiters *waiters = arg;
	for (int i = 0; i < pg_rows(rows); i++) {
		owned_buf struct buf event = { 0 };
		pg_bytes(rows, i, 1, &event);
		waiters_decided(waiters, pg_text(rows, i, 0), buf_str(&event), event.len);
	}
}

static void on_looked(bool ok, const struct err *err, void *arg)
{
	(void)ok, (void)err, (void)arg; /* the next look tries again */
}

/* Asks for all overdue evaluations of one workspace in one statement; others of it need no second one. */
static void look_up(struct waiters *waiters, const char *workspace, int64_t now_us)
{
	owned(json) struct json_object *ids = json_object_new_array();
	for (const struct evaluation *e = waiters->table; e != NULL; e = e->hh.next)
		if (e->since_us + OVERDUE_US <= now_us && strcmp(e->workspace, workspace) == 0)
			json_object_array_add(ids, json_object_new_string(e->id));
	owned_buf struct buf text = { 0 };
	json_text(ids, false, &text);
	store_decided(svc_pg(waiters->gateway->svc), workspace, buf_str(&text), on_rows, on_looked, waiters);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct waiters *waiters = arg;
	const int64_t now = clock_mono_us();
	owned(json) struct json_object *asked = json_object_new_object(); /* workspaces done */
	if (!pg_is_connected(svc_pg(waiters->gateway->svc)))
		return;
	for (const struct evaluation *e = waiters->table; e != NULL; e = e->hh.next) {
		if (e->since_us + OVERDUE_US > now || json_object_object_get_ex(asked, e->workspace, NULL))
			continue;
		json_object_object_add(asked, e->workspace, NULL);
		look_up(waiters, e->workspace, now);
	}
}

/* --- coming and going --- */

struct waiters *waiters_create(struct gateway *gateway)
{
	struct waiters *waiters = mem_zalloc(1, sizeof(*waiters));
	waiters->gateway = gateway;
	waiters->look = event_new(svc_base(gateway->svc), -1, EV_PERSIST, on_look, waiters);
	event_add(waiters->look, &(struct timeval){ .tv_usec = LOOK_EVERY_MS * 1000 });
	metrics_register(&waiting);
	metrics_register(&gate_seconds);
	return waiters;
}

void waiters_destroy(struct waiters *waiters)
{
	if (waiters == NULL)
		return;
	struct err err;
	err_set(&err, ERR_UNAVAILABLE, "the gateway is going down");
	while (waiters->table != NULL)
		call_fail(leave(waiters, waiters->table->waiters), &err);
	event_free(waiters->look);
	free(waiters);
}

static struct evaluation *evaluation_get(struct waiters *waiters, const char *id, const char *workspace)
{
	struct evaluation *evaluation = find(waiters, id);
	if (evaluation != NULL)
		return evaluation;
	const size_t len = strlen(id);
	evaluation = mem_zalloc(1, sizeof(*evaluation) + len + 1);
	memcpy(evaluation->id, id, len + 1);
	evaluation->workspace = mem_strdup(workspace);
	evaluation->since_us = clock_mono_us();
	HASH_ADD(hh, waiters->table, id[0], (unsigned)len, evaluation);
	return evaluation;
}

void waiters_add(struct waiters *waiters, struct call *call, const char *evaluation_id, const char *request_digest,
	int64_t wait_ms, int64_t deadline_us)
{
	struct evaluation *evaluation = evaluation_get(waiters, evaluation_id, call->identity->workspace);
	struct waiter *waiter = arena_alloc(call->arena, sizeof(*waiter));
	waiter->evaluation = evaluation;
	waiter->call = call;
	waiter->request_digest = arena_strdup(call->arena, request_digest);
	waiter->since_us = clock_mono_us();
	waiter->deadline_us = deadline_us;
	waiter->next = evaluation->waiters;
	waiter->link = &evaluation->waiters;
	if (waiter->next != NULL)
		waiter->next->link = &waiter->next;
	evaluation->waiters = waiter;
	waiter->timer = evtimer_new(svc_base(waiters->gateway->svc), on_wait_over, waiter);
	event_add(waiter->timer, &(struct timeval){ .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 });
	http_request_on_close(call->request, on_client_gone, waiter);
	metric_add(&waiting, NULL, 1);
}

size_t waiters_count(const struct waiters *waiters)
{
	return HASH_COUNT(waiters->table);
}
