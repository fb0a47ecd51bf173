#include "pg/work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "pg/pool.h"
#include "pg/result.h"

const struct pg_statement work_set_workspace = { "rp_set_workspace",
	"SELECT set_config('releasepassport.workspace', $1, true)", 1 };

void queue_push(struct pg_queue *queue, struct pg_work *work)
{
	work->next = NULL;
	if (queue->head == NULL)
		queue->head = work;
	else
		queue->tail->next = work;
	queue->tail = work;
	queue->count++;
}

struct pg_work *queue_pop(struct pg_queue *queue)
{
	struct pg_work *work = queue->head;
	if (work != NULL) {
		queue->head = work->next;
		queue->count--;
	}
	return work;
}

struct pg_work *work_create(void)
{
	struct pg_work *work = mem_zalloc(1, sizeof(*work));
	work->arena = arena_create();
	return work;
}

struct pg_work *pg_work_create(struct pg *pg, const char *workspace)
{
	struct pg_work *work = work_create();
	work->pg = pg;
	if (workspace != NULL)
		pg_work_add(work, &work_set_workspace, &(struct pg_param)PG_TEXT(workspace), NULL, NULL);
	return work;
}

void pg_work_destroy(struct pg_work *work)
{
	if (work == NULL)
		return;
	for (size_t i = 0; i < work->count; i++)
		PQclear(work->calls[i].result);
	free(work->calls);
	arena_destroy(work->arena);
	free(work);
}

static struct pg_call *append_call(struct pg_work *work)
{
	if (work->count == work->capacity) {
		work->capacity = work->capacity == 0 ? 4 : 2 * work->capacity;
		work->calls = mem_realloc(work->calls, work->capacity * sizeof(*work->calls));
	}
	struct pg_call *call = &work->calls[work->count++];
	*call = (struct pg_call){ 0 };
	return call;
}

void work_add(struct pg_work *work, enum pg_call_kind kind, const struct pg_statement *statement, const char *sql)
{
	struct pg_call *call = append_call(work);
	call->kind = kind;
	call->statement = statement;
	call->sql = sql != NULL ? arena_strdup(work->arena, sql) : NULL;
}

static void copy_params(struct pg_work *work, struct pg_call *call, const struct pg_param *params)
{
	size_t count = (size_t)call->statement->parameter_count;
	if (count == 0)
		return;
	call->values = arena_array(work->arena, count, sizeof(*call->values));
	call->lengths = arena_array(work->arena, count, sizeof(*call->lengths));
	call->formats = arena_array(work->arena, count, sizeof(*call->formats));
	for (size_t i = 0; i < count; i++) {
		const struct pg_param *param = &params[i];
		if (param->data == NULL)
			call->values[i] = NULL;
		else if (param->binary || param->len > 0)
			call->values[i] = arena_strndup(work->arena, param->data, param->len);
		else
			call->values[i] = arena_strdup(work->arena, param->data);
		call->lengths[i] = (int)param->len;
		call->formats[i] = param->binary;
	}
}

void pg_work_add(struct pg_work *work, const struct pg_statement *statement, const struct pg_param *params,
	pg_result_fn *on_result, void *arg)
{
	assert(work->started_us == 0 && (work->pg == NULL || pool_prepares(work->pg, statement)));
	struct pg_call *call = append_call(work);
	call->kind = PG_CALL_EXECUTE;
	call->statement = statement;
	call->on_result = on_result;
	call->arg = arg;
	copy_params(work, call, params);
}

void work_finish(struct pg_work *work)
{
	bool ok = work->err.kind == ERR_NONE;
	for (size_t i = 0; ok && i < work->count; i++) {
		struct pg_call *call = &work->calls[i];
		if (call->on_result != NULL)
			call->on_result(&(struct pg_result){ call->result }, call->arg);
	}
	if (work->pg != NULL)
		pool_work_finished(work->pg, work);
	work->done(ok, ok ? NULL : &work->err, work->arg);
	pg_work_destroy(work);
}

void work_fail(struct pg_work *work, const char *text)
{
	err_set(&work->err, ERR_UNAVAILABLE, "%s", text);
	work_finish(work);
}
