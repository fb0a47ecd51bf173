#include "due.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "context.h"
#include "due_store.h"
#include "gate_request.h"
#include "gate_store.h"
#include "log/log.h"

#define CLAIM_EVERY_S 1
#define LEASE_MS 30000
#define CLAIMS_MAX 32

/* One claimed row on its way to the evaluator. */
struct task {
	struct task *next, **link;
	struct due *due;
	struct arena *arena;
	int64_t id;
	const char *workspace;
	struct gate_body body;
	const char *evaluation_id;
	struct context context;
};

struct due {
	struct gateway *gateway;
	char claimant[ID_SIZE];
	struct event *timer;
	bool claiming;
	struct task *tasks;
};

static void task_free(struct task *task)
{
	*task->link = task->next;
	if (task->next != NULL)
		task->next->link = task->link;
	arena_destroy(task->arena);
	free(task);
}

static void on_done(bool ok, const struct err *err, void *arg)
{
	(void)arg;
	if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "due work could not be marked as done: it is done again", err);
}

static void on_ack(bool ok, const struct err *err, void *arg)
{
	struct task *task = arg;
	struct pg *pg = svc_pg(task->due->gateway->svc);
	if (ok && pg != NULL)
		store_due_done(pg, task->workspace, task->id, on_done, NULL);
	else if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "a refresh could not be asked for", err);
	task_free(task); /* if it is not marked, its lease runs out, and it is claimed again */
}

static void on_context_rows(const struct pg_result *rows, void *arg)
{
	struct task *task = arg;
	context_add_rows(&task->context, rows);
}

static bool refresh(struct task *task, struct err *err)
{
	static const struct token_identity identity_of_timer = { .kind = "timer", .subject = "releasepassport" };
	struct token_identity identity = identity_of_timer;
	identity.workspace = task->workspace;
	if (task->context.err.kind != ERR_NONE) {
		*err = task->context.err;
		return false;
	}
	if (task->context.binding == NULL)
		return err_set(err, ERR_NOT_FOUND, "the service is not bound any more");
	const Rp__V1__GateRequest *request;
	return gate_request_build(RP__V1__REQUEST_KIND__REQUEST_REFRESH, &identity, &task->body, &task->context,
		       task->evaluation_id, "refresh", clock_now_us(), task->arena, &request, err) &&
	       gate_request_produce(svc_bus(task->due->gateway->svc), request, NULL, on_ack, task, err);
}

static void on_context(bool ok, const struct err *failure, void *arg)
{
	struct task *task = arg;
	struct err err = ok ? (struct err){ 0 } : *failure;
	if (ok && refresh(task, &err))
		return;
	log_err(LOG_LEVEL_WARN, NULL, "a refresh could not be asked for", &err);
	task_free(task);
}

static void on_claimed(const struct pg_result *rows, void *arg)
{
	struct due *due = arg;
	for (int row = 0; row < pg_rows(rows); row++) {
		struct task *task = mem_zalloc(1, sizeof(*task));
		task->due = due;
		task->arena = arena_create();
		task->context.arena = task->arena;
		task->id = pg_int(rows, row, 0);
		task->workspace = arena_strdup(task->arena, pg_text(rows, row, 1));
		task->body.service.name = arena_strdup(task->arena, pg_text(rows, row, 2));
		task->body.service.environment = arena_strdup(task->arena, pg_text(rows, row, 3));
		task->evaluation_id = arena_printf(
			task->arena, "due/%lld/%lld", (long long)task->id, (long long)pg_time_us(rows, row, 4));
		task->next = due->tasks;
		task->link = &due->tasks;
		if (task->next != NULL)
			task->next->link = &task->next;
		due->tasks = task;
		store_context(svc_pg(due->gateway->svc), task->workspace, task->body.service.name,
			task->body.service.environment, task->evaluation_id, NULL, NULL, on_context_rows, on_context,
			task);
	}
}

static void on_claim_done(bool ok, const struct err *err, void *arg)
{
	struct due *due = arg;
	due->claiming = false;
	if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "due work could not be claimed", err);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct due *due = arg;
	struct svc *svc = due->gateway->svc;
	const char *reason;
	if (due->claiming || !svc_is_ready(svc, &reason))
		return;
	due->claiming = true;
	store_due_claim(svc_pg(svc), due->claimant, LEASE_MS, CLAIMS_MAX, on_claimed, on_claim_done, due);
}

struct due *due_create(struct gateway *gateway)
{
	struct due *due = mem_zalloc(1, sizeof(*due));
	due->gateway = gateway;
	id_create("gw_", due->claimant);
	due->timer = event_new(svc_base(gateway->svc), -1, EV_PERSIST, on_timer, due);
	event_add(due->timer, &(struct timeval){ .tv_sec = CLAIM_EVERY_S });
	return due;
}

void due_destroy(struct due *due)
{
	if (due == NULL)
		return;
	while (due->tasks != NULL)
		task_free(due->tasks);
	event_free(due->timer);
	free(due);
}
