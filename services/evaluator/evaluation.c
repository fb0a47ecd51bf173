#include "evaluation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "early.h"
#include "facts.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "operations.pb-c.h"
#include "policies.h"
#include "policy/decide.h"
#include "policy/names.h"
#include "policy/query.h"
#include "recent.h"
#include "svc/emit.h"

#define POLICY_RETRY_MS 500
/* What a source's answer needs to get from the worker to us, taken off the time that the source itself may have. */
#define ANSWER_MARGIN_MS 300

struct evaluation {
	struct evaluations *owner;
	const char *id; /* the request's */
	struct log_ctx log;
	struct bus_delivery *delivery;
	const struct bus_record *record; /* these two live as long as the delivery */
	const Rp__V1__GateRequest *request;
	struct arena *arena;
	struct facts facts;
	struct policies_waiter waiter;
	const struct policy *policy;
	struct policy_queries queries;
	size_t answered;
	bool *is_answered; /* one for each query */
	struct event *deadline;
	UT_hash_handle hh;
};

struct evaluations {
	struct svc *svc;
	struct policies *policies;
	struct early *early;
	struct recent *recent;
	struct evaluation *table;
};

static struct metric evaluations_pending = {
	.name = "rp_evaluations_pending",
	.help = "Evaluations that have begun and not ended.",
	.type = METRIC_GAUGE,
};
static struct metric verdicts = {
	.name = "rp_verdicts_total",
	.help = "Verdicts reached, by decision.",
	.type = METRIC_COUNTER,
	.label = "decision",
};

struct evaluations *evaluations_create(struct svc *svc)
{
	struct evaluations *evaluations = mem_zalloc(1, sizeof(*evaluations));
	evaluations->svc = svc;
	evaluations->policies = policies_create(svc);
	evaluations->early = early_create();
	evaluations->recent = recent_create();
	metrics_register(&evaluations_pending);
	metrics_register(&verdicts);
	return evaluations;
}

/* The evaluation is gone; its delivery is for the caller to end. */
static struct bus_delivery *evaluation_end(struct evaluation *e)
{
	struct evaluations *owner = e->owner;
	struct bus_delivery *delivery = e->delivery;
	policies_withdraw(&e->waiter);
	if (e->deadline != NULL)
		event_free(e->deadline);
	HASH_DEL(owner->table, e);
	arena_destroy(e->arena);
	free(e);
	metric_set(&evaluations_pending, NULL, HASH_COUNT(owner->table));
	return delivery;
}

void evaluations_destroy(struct evaluations *evaluations)
{
	if (evaluations == NULL)
		return;
	/* The deliveries are the bus's, which is gone by now. */
	while (evaluations->table != NULL)
		(void)evaluation_end(evaluations->table);
	recent_destroy(evaluations->recent);
	early_destroy(evaluations->early);
	policies_destroy(evaluations->policies);
	free(evaluations);
}

static struct svc_failure failure_of(const Rp__V1__GateRequest *request, const struct bus_record *record,
	Rp__V1__FailureCause cause, const char *detail)
{
	const Rp__V1__Release *release = request->release;
	return (struct svc_failure){
		.evaluation_id = request->evaluation_id,
		.request_digest = request->request_digest,
		.workspace = request->workspace,
		.service = release != NULL ? release->service : "",
		.environment = release != NULL ? release->environment : "",
		.traceparent = record->traceparent,
		.cause = (int)cause,
		.detail = detail,
	};
}

static void fail(struct evaluation *e, Rp__V1__FailureCause cause, const char *detail)
{
	struct svc *svc = e->owner->svc;
	/* A refresh answers nobody: its failure is a line in the log. */
	if (e->request->kind == RP__V1__REQUEST_KIND__REQUEST_REFRESH) {
		LOG_WARN(NULL, "a refresh of facts is given up", LOG_STR("key", e->record->key),
			LOG_STR("detail", detail));
		bus_done(evaluation_end(e));
		return;
	}
	const struct svc_failure failure = failure_of(e->request, e->record, cause, detail);
	svc_fail_evaluation(svc, &failure, svc_emit_ends_delivery, e->delivery);
	(void)evaluation_end(e);
}

void evaluation_poison(struct svc *svc, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__GateRequest *request, const struct err *why)
{
	const struct svc_failure failure =
		failure_of(request, record, RP__V1__FAILURE_CAUSE__FAILURE_POISON, why->text);
	svc_fail_evaluation(svc, &failure, NULL, NULL);
	bus_dead_letter(delivery, why);
}

/* Everything is in: decide and send the verdict. The delivery ends when the verdict is acknowledged. */
static void conclude(struct evaluation *e)
{
	struct svc *svc = e->owner->svc;
	const int64_t now = clock_now_us();
	Rp__V1__Verdict *verdict;
	struct err err = { 0 };
	if (!decide(e->policy, e->request, e->facts.items, e->facts.count, now, now, e->arena, &verdict, &err)) {
		fail(e, RP__V1__FAILURE_CAUSE__FAILURE_POISON, err.text);
		return;
	}
	char ce_id[128];
	snprintf(ce_id, sizeof(ce_id), "verdict/%.100s", e->id);
	if (!svc_emit(svc,
		    &(struct bus_message){
			    TOPIC_VERDICTS, e->record->key, -1, ce_id, now, e->record->traceparent, &verdict->base },
		    svc_emit_ends_delivery, e->delivery, &err)) {
		fail(e, RP__V1__FAILURE_CAUSE__FAILURE_POISON, err.text);
		return;
	}
	LOG_INFO(&e->log, "decided", LOG_STR("decision", decision_name(verdict->decision)),
		LOG_INT("queries", e->queries.count),
		LOG_INT("took_ms", (now - e->request->requested_at_us) / CLOCK_US_PER_MS));
	metric_add(&verdicts, decision_name(verdict->decision), 1);
	recent_add(e->owner->recent, e->id, now);
	(void)evaluation_end(e);
}

/* --- collecting --- */

/*
 * Every query that reached a worker is answered within its own timeout, if only by a fact that says "timeout". So what
 * is missing at the deadline is our own fault: no decision may come of it.
 */
static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct evaluation *e = arg;
	char detail[128];
	snprintf(detail, sizeof(detail), "%zu of %zu queries were not answered by the connector-worker",
		e->queries.count - e->answered, e->queries.count);
	fail(e, RP__V1__FAILURE_CAUSE__FAILURE_COLLECTION_CUT, detail);
}

static bool ask(struct evaluation *e, const struct policy_query *query, int64_t now_us, struct err *err)
{
	const bool refresh = e->request->kind == RP__V1__REQUEST_KIND__REQUEST_REFRESH;
	const int64_t left_ms = (e->request->deadline_us - now_us) / CLOCK_US_PER_MS - ANSWER_MARGIN_MS;
	Rp__V1__EvidenceQuery record = RP__V1__EVIDENCE_QUERY__INIT;
	record.min_reader = RECORD_READER_VERSION;
	record.evaluation_id = refresh ? "" : e->request->evaluation_id;
	record.workspace = e->request->workspace;
	record.service = e->request->release->service;
	record.environment = e->request->release->environment;
	record.query_digest = (char *)query->digest;
	record.connector = (char *)query->connector;
	record.query = (char *)query->text;
	record.timeout_ms = query->timeout_ms < left_ms ? query->timeout_ms : left_ms > 1 ? left_ms : 1;
	record.max_age_ms = refresh ? query->max_age_ms / 2 : query->max_age_ms;
	record.deadline_us = e->request->deadline_us;
	char ce_id[256];
	snprintf(ce_id, sizeof(ce_id), "query/%.100s/%s", e->id, query->digest);
	return svc_emit(e->owner->svc,
		&(struct bus_message){ TOPIC_EVIDENCE_QUERIES, e->record->key, -1, ce_id, now_us,
			e->record->traceparent, &record.base },
		NULL, NULL, err);
}

/* Marks the fact's query answered; false if it is none of this evaluation's open ones. */
static bool accept_fact(struct evaluation *e, const Rp__V1__EvidenceFact *fact)
{
	for (size_t i = 0; i < e->queries.count; i++) {
		if (e->is_answered[i] || strcmp(e->queries.items[i].digest, fact->fact->query_digest) != 0)
			continue;
		e->is_answered[i] = true;
		e->answered++;
		facts_add(&e->facts, fact->fact, e->arena);
		return true;
	}
	return false;
}

static void on_body(const void *body, size_t len, void *arg)
{
	struct evaluation *e = arg;
	const Rp__V1__EvidenceFact *fact;
	struct err err = { 0 };
	if (facts_unpack(body, len, e->request, e->arena, &fact, &err))
		(void)accept_fact(e, fact);
	else
		log_err(LOG_LEVEL_WARN, &e->log, "a fact is left out", &err);
}

static void wait_for_facts(struct evaluation *e, int64_t now_us)
{
	const int64_t left_us = e->request->deadline_us - now_us;
	e->deadline = evtimer_new(svc_base(e->owner->svc), on_deadline, e);
	event_add(e->deadline,
		&(struct timeval){ .tv_sec = left_us / CLOCK_US_PER_S, .tv_usec = left_us % CLOCK_US_PER_S });
	early_take(e->owner->early, e->id, now_us, on_body, e);
	if (e->answered == e->queries.count)
		conclude(e);
}

static void collect(struct evaluation *e)
{
	const int64_t now = clock_now_us();
	struct err err = { 0 };
	facts_unseal(&e->facts, e->request, bus_mac_keys(svc_bus(e->owner->svc), MAC_WORKER_EVALUATOR), e->record->key,
		&e->log, e->arena);
	policy_needs(e->policy, e->request, e->facts.items, e->facts.count, now, e->arena, &e->queries);
	e->is_answered = arena_array(e->arena, e->queries.count, sizeof(bool));
	for (size_t i = 0; i < e->queries.count; i++) {
		if (!ask(e, &e->queries.items[i], now, &err)) {
			fail(e, RP__V1__FAILURE_CAUSE__FAILURE_POISON, err.text);
			return;
		}
	}
	/* A refresh has done its work when it has asked: the facts find their way to the database by themselves. */
	if (e->request->kind == RP__V1__REQUEST_KIND__REQUEST_REFRESH)
		bus_done(evaluation_end(e));
	else if (e->queries.count == 0)
		conclude(e);
	else
		wait_for_facts(e, now);
}

static void on_policy(const struct policy *policy, const struct err *err, void *arg)
{
	struct evaluation *e = arg;
	if (policy == NULL && err_info(err->kind)->retriable) {
		bus_retry(evaluation_end(e), POLICY_RETRY_MS);
		return;
	}
	if (policy == NULL) {
		fail(e, RP__V1__FAILURE_CAUSE__FAILURE_POLICY, err->text);
		return;
	}
	if (clock_now_us() >= e->request->deadline_us) {
		fail(e, RP__V1__FAILURE_CAUSE__FAILURE_DEADLINE_PASSED, "the request was read after its deadline");
		return;
	}
	e->policy = policy;
	collect(e);
}

static struct evaluation *find(const struct evaluations *evaluations, const char *id)
{
	struct evaluation *e;
	HASH_FIND_STR(evaluations->table, id, e);
	return e;
}

void evaluations_begin(struct evaluations *evaluations, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__GateRequest *request)
{
	if (find(evaluations, request->evaluation_id) != NULL ||
		recent_has(evaluations->recent, request->evaluation_id, clock_now_us())) {
		const struct log_ctx log = { request->evaluation_id, record->traceparent };
		LOG_INFO(&log, "the evaluation is under way already");
		bus_done(delivery);
		return;
	}
	struct evaluation *e = mem_zalloc(1, sizeof(*e));
	e->owner = evaluations;
	e->id = request->evaluation_id;
	e->log = (struct log_ctx){ request->evaluation_id, record->traceparent };
	e->delivery = delivery;
	e->record = record;
	e->request = request;
	e->arena = arena_create();
	e->waiter = (struct policies_waiter){ on_policy, e };
	HASH_ADD_KEYPTR(hh, evaluations->table, e->id, strlen(e->id), e);
	metric_set(&evaluations_pending, NULL, HASH_COUNT(evaluations->table));
	policies_get(evaluations->policies, request->binding->policy_digest, &e->waiter);
}

void evaluations_fact(struct evaluations *evaluations, const Rp__V1__EvidenceFact *fact, const void *body, size_t len)
{
	if (fact->evaluation_id[0] == '\0')
		return;
	struct evaluation *e = find(evaluations, fact->evaluation_id);
	if (e == NULL) {
		if (!recent_has(evaluations->recent, fact->evaluation_id, clock_now_us()))
			early_add(evaluations->early, fact->evaluation_id, body, len, clock_now_us());
		return;
	}
	/* Before its policy is there an evaluation has no queries: the fact waits like one that came early. */
	if (e->policy == NULL) {
		early_add(evaluations->early, fact->evaluation_id, body, len, clock_now_us());
		return;
	}
	on_body(body, len, e);
	if (e->answered == e->queries.count)
		conclude(e);
}

void evaluations_revoked(struct evaluations *evaluations, int32_t partition)
{
	struct evaluation *e, *next;
	HASH_ITER (hh, evaluations->table, e, next)
		if (e->record->partition == partition)
			bus_done(evaluation_end(e)); /* void: commits nothing, frees the record */
}

bool evaluations_idle(const struct evaluations *evaluations)
{
	return evaluations->table == NULL;
}
