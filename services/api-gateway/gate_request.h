/* The gate request that the evaluator gets: made of who calls, what was asked, and what the database knows. */
#ifndef GATEWAY_GATE_REQUEST_H
#define GATEWAY_GATE_REQUEST_H

#include "auth/token.h"
#include "bus/bus.h"
#include "context.h"
#include "gate_body.h"

/*
 * Pure. The request lies in arena and borrows from everything that is handed in. The mode that applies is the stricter
 * of the binding's and the body's. context->binding must be there.
 */
bool gate_request_build(Rp__V1__RequestKind kind, const struct token_identity *identity, const struct gate_body *body,
	struct context *context, const char *evaluation_id, const char *request_digest, int64_t now_us,
	struct arena *arena, const Rp__V1__GateRequest **request, struct err *err) MUST_CHECK;

/* Puts it on its topic. Errors as bus_produce has them. */
bool gate_request_produce(struct bus *bus, const Rp__V1__GateRequest *request, const char *traceparent, bus_ack_fn *ack,
	void *arg, struct err *err) MUST_CHECK;

#endif
