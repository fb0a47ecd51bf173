#include "pg/pipeline.h"

#include <assert.h>

#include "pg/listen.h"
#include "pg/pool.h"
#include "pg/sqlstate.h"

bool pipeline_flush(struct connection *c)
{
	int left = PQflush(c->conn);
	if (left > 0)
		event_add(c->write_event, NULL);
	return left >= 0;
}

static bool send_call(PGconn *conn, const struct pg_call *call)
{
	switch (call->kind) {
	case PG_CALL_EXECUTE:
		return PQsendQueryPrepared(conn, call->statement->name, call->statement->parameter_count, call->values,
			call->lengths, call->formats, 0);
	case PG_CALL_PREPARE: return PQsendPrepare(conn, call->statement->name, call->statement->sql, 0, NULL);
	case PG_CALL_COMMAND: return PQsendQueryParams(conn, call->sql, 0, NULL, NULL, NULL, NULL, 0);
	}
	return false;
}

void pipeline_send(struct connection *c, struct pg_work *work)
{
	queue_push(&c->queue, work);
	if (c->queue.count == 1)
		pool_answer_expected(c);
	for (size_t i = 0; i < work->count; i++) {
		if (!send_call(c->conn, &work->calls[i])) {
			connection_break(c, PQerrorMessage(c->conn));
			return;
		}
	}
	if (!PQpipelineSync(c->conn) || !pipeline_flush(c))
		connection_break(c, PQerrorMessage(c->conn));
}

/* The statement that failed is named where the caller can't know it: while preparing. */
static void take_error(struct pg_work *work, const PGresult *result)
{
	if (work->err.kind != ERR_NONE)
		return;
	sqlstate_err(result, &work->err);
	work->needs_reconnect = sqlstate_needs_reconnect(PQresultErrorField(result, PG_DIAG_SQLSTATE));
	if (work->answered < work->count && work->calls[work->answered].kind == PG_CALL_PREPARE)
		err_add(&work->err, "statement %s", work->calls[work->answered].statement->name);
}

static void take_result(struct pg_work *work, PGresult *result)
{
	work->has_result = true;
	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (work->answered < work->count && work->calls[work->answered].result == NULL) {
			work->calls[work->answered].result = result;
			return;
		}
		break;
	case PGRES_PIPELINE_ABORTED: break; /* skipped because of the error before */
	case PGRES_FATAL_ERROR: take_error(work, result); break;
	case PGRES_EMPTY_QUERY:
	case PGRES_COPY_OUT:
	case PGRES_COPY_IN:
	case PGRES_COPY_BOTH:
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
	case PGRES_SINGLE_TUPLE:
	case PGRES_PIPELINE_SYNC:
		err_set(&work->err, ERR_INTERNAL, "PostgreSQL answered with %s", PQresStatus(PQresultStatus(result)));
		break;
	}
	PQclear(result);
}

static void finish_head(struct connection *c)
{
	struct pg_work *work = queue_pop(&c->queue);
	assert(work->err.kind != ERR_NONE || work->answered == work->count);
	if (work->needs_reconnect)
		connection_break(c, work->err.text);
	pool_answer_expected(c);
	work_finish(work);
}

bool pipeline_read(struct connection *c)
{
	if (!PQconsumeInput(c->conn))
		return false;
	while (!c->broken && c->queue.head != NULL && !PQisBusy(c->conn)) {
		struct pg_work *work = c->queue.head;
		PGresult *result = PQgetResult(c->conn);
		if (result == NULL) { /* the end of one statement's answer */
			if (work->has_result)
				work->answered++;
			work->has_result = false;
		} else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			finish_head(c);
		} else {
			take_result(work, result);
			pool_answer_expected(c);
		}
	}
	listen_deliver(c);
	return PQstatus(c->conn) != CONNECTION_BAD;
}
