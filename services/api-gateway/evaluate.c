#include "evaluate.h"

#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "context.h"
#include "decision.h"
#include "failures.h"
#include "gate_body.h"
#include "gate_request.h"
#include "gate_store.h"
#include "idempotency.h"
#include "json/json.h"
#include "passport/question.h"
#include "unbound.h"
#include "waiters.h"

/* How long after its deadline an evaluation may still be on its way to the record. */
#define DEADLINE_GRACE_US (INT64_C(5) * 1000000)

/* A call on its way to the evaluator; lives in the request's arena. */
struct evaluating {
	struct call *call;
	struct gate_body body;
	char evaluation_id[SHA256_HEX_SIZE];
	char request_digest[SHA256_HEX_SIZE];
	struct context context;
};

/* A request that Kafka has not acknowledged yet: outlives its call, which may be answered or gone before. */
struct asked {
	struct asked *next, **link;
	struct gateway *gateway;
	char evaluation_id[SHA256_HEX_SIZE];
};

static void asked_free(struct asked *asked)
{
	*asked->link = asked->next;
	if (asked->next != NULL)
		asked->next->link = asked->link;
	free(asked);
}

void evaluate_stop(struct gateway *gateway)
{
	while (gateway->asked != NULL)
		asked_free(gateway->asked);
}

static void on_ack(bool ok, const struct err *err, void *arg)
{
	struct asked *asked = arg;
	if (!ok)
		waiters_failed(asked->gateway->waiters, asked->evaluation_id, err);
	asked_free(asked);
}

/* Sends the gate request; the call waits already, since the decision may be back before the acknowledgement. */
static void ask(struct evaluating *e, const Rp__V1__GateRequest *request)
{
	struct gateway *gateway = e->call->gateway;
	struct asked *asked = mem_zalloc(1, sizeof(*asked));
	asked->gateway = gateway;
	memcpy(asked->evaluation_id, e->evaluation_id, sizeof(asked->evaluation_id));
	asked->next = gateway->asked;
	asked->link = &gateway->asked;
	if (asked->next != NULL)
		asked->next->link = &asked->next;
	gateway->asked = asked;
	failures_forget(gateway->failures, e->evaluation_id);
	struct err err;
	if (!gate_request_produce(
		    svc_bus(gateway->svc), request, http_request_traceparent(e->call->request), on_ack, asked, &err))
		on_ack(false, &err, asked);
}

static void answer_recorded(struct evaluating *e)
{
	owned_decision struct decision decision = { 0 };
	struct err err;
	if (e->context.recorded_event.len == 0) {
		/* The narrow row outlives the passport: what was decided once is never decided again. */
		err_set_at(&err, ERR_CONFLICT, "Idempotency-Key",
			"the evaluation of this Idempotency-Key was decided, and its passport is not kept any more");
		call_fail(e->call, &err);
		return;
	}
	if (decision_read(e->call->gateway->keys, e->context.recorded_event.data, e->context.recorded_event.len,
		    e->evaluation_id, e->request_digest, &decision, &err))
		http_respond_json(e->call->request, 200, decision.answer);
	else
		call_fail(e->call, &err);
}

static int64_t wait_ms(const struct evaluating *e)
{
	const struct gateway_conf *conf = e->call->gateway->conf;
	const int64_t wanted = e->body.has_wait ? e->body.wait_ms : conf->wait_default_ms;
	return wanted < conf->wait_max_ms ? wanted : conf->wait_max_ms;
}

static void begin(struct evaluating *e)
{
	struct call *call = e->call;
	const Rp__V1__GateRequest *request;
	struct err err;
	if (!gate_request_build(RP__V1__REQUEST_KIND__REQUEST_GATE, call->identity, &e->body, &e->context,
		    e->evaluation_id, e->request_digest, clock_now_us(), call->arena, &request, &err)) {
		call_fail(call, &err);
		return;
	}
	if (!bus_is_connected(svc_bus(call->gateway->svc))) {
		err_set(&err, ERR_UNAVAILABLE, "Kafka is not reachable");
		call_fail(call, &err);
		return;
	}
	waiters_add(
		call->gateway->waiters, call, e->evaluation_id, e->request_digest, wait_ms(e), request->deadline_us);
	ask(e, request);
}

/* --- the context --- */

static void on_context_rows(const struct pg_result *rows, void *arg)
{
	struct evaluating *e = arg;
	context_add_rows(&e->context, rows);
}

static void on_context(bool ok, const struct err *err, void *arg)
{
	struct evaluating *e = arg;
	if (!call_succeeded(e->call, ok, err))
		return;
	if (e->context.err.kind != ERR_NONE)
		call_fail(e->call, &e->context.err);
	else if (e->context.recorded_digest != NULL)
		answer_recorded(e);
	else if (e->context.binding == NULL)
		unbound_answer(e->call, TOKEN_GATE, e->body.service.name, e->body.service.environment, "/service");
	else
		begin(e);
}

/* --- the request --- */

static bool check_key(const char *key, struct err *err)
{
	if (key == NULL)
		return err_set_at(err, ERR_INVALID, "Idempotency-Key",
			"the header Idempotency-Key is needed: a fresh text for each question, the same for its "
			"repetitions");
	return idempotency_check(key, err);
}

void evaluate_post(struct call *call)
{
	struct err err;
	struct evaluating *e = arena_alloc(call->arena, sizeof(*e));
	e->call = call;
	e->context.arena = call->arena;
	struct json_object *json = call_body(call);
	if (json == NULL)
		return;
	const char *key = http_request_header(call->request, "idempotency-key");
	if (!check_key(key, &err) || !gate_body_read(json, call->arena, &e->body, &err) ||
		!question_digest(json, e->request_digest, &err)) {
		call_fail(call, &err);
		return;
	}
	const char *service = e->body.service.name, *environment = e->body.service.environment;
	if (!call_authorise(call, TOKEN_GATE, service, environment))
		return;
	question_evaluation_id(call->identity->workspace, service, environment, key, e->evaluation_id);
	http_request_log_ctx(call->request)->evaluation_id = e->evaluation_id;
	store_context(svc_pg(call->gateway->svc), call->identity->workspace, service, environment, e->evaluation_id,
		e->body.release.source_sha, e->body.artifact.digest, on_context_rows, on_context, e);
}

/* --- what became of it --- */

struct status {
	struct call *call;
	const char *evaluation_id;
	struct decision decision; /* answer NULL: not decided */
	struct buf failure;       /* its audit event; empty: none recorded */
	struct err err;
};

static void status_finish(void *arg)
{
	struct status *status = arg;
	decision_finish(&status->decision);
	buf_finish(&status->failure);
}

static void on_decided_rows(const struct pg_result *rows, void *arg)
{
	struct status *status = arg;
	if (pg_rows(rows) == 0)
		return;
	owned_buf struct buf event = { 0 };
	pg_bytes(rows, 0, 1, &event);
	/* What can't be read stays in status->err. */
	if (!decision_read(status->call->gateway->keys, buf_str(&event), event.len, status->evaluation_id, NULL,
		    &status->decision, &status->err))
		status->decision = (struct decision){ 0 };
}

static void on_failed_row(const struct pg_result *rows, void *arg)
{
	struct status *status = arg;
	if (pg_rows(rows) > 0)
		pg_bytes(rows, 0, 0, &status->failure);
}

/* {"evaluationId", "status", "decision", "detail"}; null where there is none. */
static void answer_status(struct status *status, const char *word, const char *detail)
{
	owned(json) struct json_object *answer = json_object_new_object();
	json_add_string(answer, "evaluationId", status->evaluation_id);
	json_add_string(answer, "status", word);
	json_add(answer, "decision", json_object_get(status->decision.answer));
	json_add_string(answer, "detail", detail);
	http_respond_json(status->call->request, 200, answer);
}

/* A decision is shown to those who may ask for one, or read, in its place. To others it is unknown. */
static bool may_see(const struct status *status)
{
	const struct token_identity *identity = status->call->identity;
	const char *service = decision_service(&status->decision);
	const char *environment = decision_environment(&status->decision);
	return token_allows(identity, TOKEN_GATE, NULL, service, environment) ||
	       token_allows(identity, TOKEN_READ, NULL, service, environment);
}

/* Before its deadline, which the Location of the 202 carries, an evaluation that nobody knows an end of is under way.
 */
static bool is_pending(const struct call *call)
{
	const char *deadline = http_request_query(call->request, "deadline");
	int64_t deadline_us;
	return deadline != NULL && clock_parse(deadline, strlen(deadline), &deadline_us, NULL) &&
	       clock_now_us() < deadline_us + DEADLINE_GRACE_US;
}

static void on_status(bool ok, const struct err *err, void *arg)
{
	struct status *status = arg;
	struct call *call = status->call;
	if (!call_succeeded(call, ok, err))
		return;
	if (status->err.kind != ERR_NONE) {
		call_fail(call, &status->err);
		return;
	}
	const char *failure = failures_detail(
		call->gateway->failures, status->evaluation_id, call->identity->workspace, clock_now_us());
	if (status->decision.answer != NULL && !may_see(status)) {
		decision_finish(&status->decision);
		answer_status(status, "unknown", NULL);
	} else if (status->decision.answer != NULL)
		answer_status(status, "decided", NULL);
	else if (failure != NULL)
		answer_status(status, "failed", failure);
	else if (is_pending(call))
		answer_status(status, "pending", NULL);
	else if (status->failure.len > 0)
		answer_status(status, "failed", "the evaluation ended without a decision");
	else
		answer_status(status, "unknown", NULL);
}

void evaluate_get(struct call *call)
{
	if (!token_allows(call->identity, TOKEN_GATE, NULL, NULL, NULL) &&
		!call_authorise(call, TOKEN_READ, NULL, NULL))
		return;
	struct status *status = arena_alloc(call->arena, sizeof(*status));
	status->call = call;
	status->evaluation_id = http_request_param(call->request, "id");
	arena_defer(call->arena, status_finish, status);
	store_evaluation(svc_pg(call->gateway->svc), call->identity->workspace, status->evaluation_id, on_decided_rows,
		on_failed_row, on_status, status);
}
