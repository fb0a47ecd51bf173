#include "gate_request.h"

#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bus/record_key.h"
#include "fact_value.h"
#include "json/json.h"
#include "policy/names.h"

/* protobuf-c has no NULL texts: absent is "". */
static char *or_empty(const char *text)
{
	return text != NULL ? (char *)text : "";
}

static Rp__V1__Release *build_release(const struct gate_body *body, const char *bound_namespace, struct arena *arena)
{
	Rp__V1__Release *release = arena_alloc(arena, sizeof(*release));
	rp__v1__release__init(release);
	release->service = or_empty(body->service.name);
	release->environment = or_empty(body->service.environment);
	release->namespace_ = or_empty(body->service.namespace != NULL ? body->service.namespace : bound_namespace);
	release->release_id = or_empty(body->release.release_id);
	release->version = or_empty(body->release.version);
	release->source_sha = or_empty(body->release.source_sha);
	release->artifact_digest = or_empty(body->artifact.digest);
	release->artifact_repository = or_empty(body->artifact.repository);
	return release;
}

static Rp__V1__Actor *build_actor(const struct token_identity *identity, struct arena *arena)
{
	Rp__V1__Actor *actor = arena_alloc(arena, sizeof(*actor));
	rp__v1__actor__init(actor);
	actor->subject = or_empty(identity->subject);
	actor->kind = or_empty(identity->kind);
	actor->token_id = or_empty(identity->token_id);
	actor->creator = or_empty(identity->creator);
	return actor;
}

/* The caller may ask for a stricter mode than the binding's, never for a milder one. */
static void apply_mode(Rp__V1__Binding *binding, const struct gate_body *body)
{
	if (!body->has_mode)
		return;
	const Rp__V1__Mode asked = (Rp__V1__Mode)(body->mode + 1);
	if (asked > binding->mode) {
		binding->mode = asked;
		binding->mode_reason = "request: stricter than the binding";
	} else if (asked < binding->mode) {
		binding->mode_reason = "binding: the request asked for a milder mode";
	}
}

static bool add_claims(const struct gate_body *body, const Rp__V1__Release *release, struct context *context,
	const char *evaluation_id, int64_t now_us, struct arena *arena, struct err *err)
{
	const struct gate_claim *claims = body->evidence.items;
	for (size_t i = 0; i < body->evidence.count; i++) {
		Rp__V1__Fact *fact = arena_alloc(arena, sizeof(*fact));
		rp__v1__fact__init(fact);
		fact->fact_id = arena_printf(arena, "claim/%s/%zu", evaluation_id, i);
		fact->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED;
		fact->type = or_empty(claims[i].type);
		fact->status = RP__V1__FACT_STATUS__FACT_OK;
		fact->detail = or_empty(claims[i].summary);
		fact->observed_at_us = now_us;
		fact->source_sha = release->source_sha;
		fact->artifact_digest = release->artifact_digest;
		const char *value;
		size_t len;
		if (!fact_value_build(claims[i].data, claims[i].status, claims[i].summary, arena, &value, &len, err))
			return err_add_where(err, json_pointer_index(arena, "/evidence", i));
		fact->value = (ProtobufCBinaryData){ len, (uint8_t *)value };
		context_add_fact(context, fact);
	}
	return true;
}

static void add_approvals(const struct gate_body *body, Rp__V1__GateRequest *request, struct arena *arena)
{
	const struct gate_approval *approvals = body->approvals.items;
	request->n_approvals = body->approvals.count;
	request->approvals = arena_array(arena, body->approvals.count, sizeof(*request->approvals));
	for (size_t i = 0; i < body->approvals.count; i++) {
		Rp__V1__ClaimedApproval *approval = arena_alloc(arena, sizeof(*approval));
		rp__v1__claimed_approval__init(approval);
		approval->system = or_empty(approvals[i].system);
		approval->environment = or_empty(approvals[i].environment);
		request->approvals[i] = approval;
	}
}

bool gate_request_build(Rp__V1__RequestKind kind, const struct token_identity *identity, const struct gate_body *body,
	struct context *context, const char *evaluation_id, const char *request_digest, int64_t now_us,
	struct arena *arena, const Rp__V1__GateRequest **request, struct err *err)
{
	Rp__V1__GateRequest *r = arena_alloc(arena, sizeof(*r));
	rp__v1__gate_request__init(r);
	r->min_reader = RECORD_READER_VERSION;
	r->evaluation_id = (char *)evaluation_id;
	r->request_digest = (char *)request_digest;
	r->workspace = or_empty(identity->workspace);
	r->kind = kind;
	r->release = build_release(body, context->bound_namespace, arena);
	r->actor = build_actor(identity, arena);
	r->binding = context->binding;
	apply_mode(r->binding, body);
	r->requested_at_us = now_us;
	r->deadline_us = now_us + r->binding->deadline_ms * CLOCK_US_PER_MS;
	if (!add_claims(body, r->release, context, evaluation_id, now_us, arena, err))
		return false;
	r->n_facts = context->fact_count;
	r->facts = context->facts;
	r->n_observed = context->observed_count;
	r->observed = context->observed;
	r->last_good = context->last_good;
	r->rollback_artifact = or_empty(body->rollback.artifact);
	add_approvals(body, r, arena);
	*request = r;
	return true;
}

bool gate_request_produce(struct bus *bus, const Rp__V1__GateRequest *request, const char *traceparent, bus_ack_fn *ack,
	void *arg, struct err *err)
{
	char key[RECORD_KEY_SIZE], ce_id[320];
	record_key(request->workspace, request->release->service, request->release->environment, key);
	snprintf(ce_id, sizeof(ce_id), "gate/%.300s", request->evaluation_id);
	return bus_produce(bus,
		&(struct bus_message){
			TOPIC_GATE_REQUESTS, key, -1, ce_id, request->requested_at_us, traceparent, &request->base },
		ack, arg, err);
}
