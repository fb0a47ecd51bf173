#include "evaluator.h"

#include <stdio.h>
#include <string.h>

#include "bus/record_key.h"
#include "evaluation.h"
#include "policy/names.h"
#include "store.h"

/* Does the request carry what an evaluation needs, and lie under its own key? */
static bool check_request(const Rp__V1__GateRequest *request, const struct bus_record *record, struct err *err)
{
	if (request->evaluation_id[0] == '\0' || request->request_digest[0] == '\0')
		return err_set(err, ERR_INVALID, "the request has no evaluation id or digest");
	if (request->kind != RP__V1__REQUEST_KIND__REQUEST_GATE &&
		request->kind != RP__V1__REQUEST_KIND__REQUEST_REFRESH)
		return err_set(err, ERR_INVALID, "the request's kind is unknown");
	if (request->release == NULL || request->actor == NULL || request->binding == NULL)
		return err_set(err, ERR_INVALID, "the request has no release, actor or binding");
	if (!mode_known(request->binding->mode) || !decision_known(request->binding->threshold))
		return err_set(err, ERR_INVALID, "the binding's mode or threshold is unknown");
	if (!record_key_is(record->key, request->workspace, request->release->service, request->release->environment))
		return err_set(err, ERR_INVALID, "the request does not belong to its record's key");
	return true;
}

static void on_gate_request(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	const Rp__V1__GateRequest *request = (const Rp__V1__GateRequest *)message;
	struct err err = { 0 };
	if (check_request(request, record, &err))
		evaluations_begin(svc_state(context), delivery, record, request);
	else
		evaluation_poison(context, delivery, record, request, &err);
}

static void on_evidence_fact(
	struct bus_delivery *delivery, const struct bus_record *record, const ProtobufCMessage *message, void *context)
{
	/* Its only effect is in memory: whoever begins the evaluation again asks again. */
	evaluations_fact(svc_state(context), (const Rp__V1__EvidenceFact *)message, record->body, record->len);
	bus_done(delivery);
}

static bool evaluator_start(struct svc *svc, struct err *err)
{
	(void)err;
	svc_set_state(svc, evaluations_create(svc));
	return true;
}

static void evaluator_stop(struct svc *svc)
{
	evaluations_destroy(svc_state(svc));
}

static bool evaluator_is_idle(struct svc *svc)
{
	return evaluations_idle(svc_state(svc));
}

static void evaluator_revoked(struct svc *svc, enum topic topic, int32_t partition)
{
	if (topic == TOPIC_GATE_REQUESTS)
		evaluations_revoked(svc_state(svc), partition);
}

static const struct bus_handler handlers[] = {
	{ TOPIC_GATE_REQUESTS, on_gate_request },
	{ TOPIC_EVIDENCE_FACTS, on_evidence_fact },
};

static const struct svc_store stores[] = {
	{ evaluator_statements, EVALUATOR_STATEMENT_COUNT },
	{ 0 },
};

const struct svc_descriptor evaluator_svc = {
	.id = SERVICE_EVALUATOR,
	.summary = "collects the evidence that a policy asks for and decides",
	.handlers = handlers,
	.handler_count = ARRAY_SIZE(handlers),
	.mac_pairs = { MAC_GATEWAY_EVALUATOR, MAC_WORKER_EVALUATOR, MAC_EVALUATOR_SIGNER },
	.stores = stores,
	.start = evaluator_start,
	.is_idle = evaluator_is_idle,
	.stop = evaluator_stop,
	.revoked = evaluator_revoked,
};
