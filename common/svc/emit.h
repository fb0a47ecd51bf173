/*
 * Records that must get onto their topic: produced, and produced again with the same bytes, until they are
 * acknowledged. What follows from a record's effect (ending a delivery) happens only then.
 */
#ifndef SVC_EMIT_H
#define SVC_EMIT_H

#include "svc/svc.h"

/* The record is acknowledged. Not called any more once the process stops: arg must be owned elsewhere. */
typedef void svc_emit_done_fn(void *arg);

/*
 * Copies message and sees to it. done may be NULL. Fails only for what no repetition heals: ERR_TOO_LARGE, ERR_INTERNAL
 * (not in the service's row); done is not called then.
 */
bool svc_emit(struct svc *svc, const struct bus_message *message, svc_emit_done_fn *done, void *arg,
	struct err *err) MUST_CHECK;

/* A done function: arg is the delivery that has had its effect with that. */
void svc_emit_ends_delivery(void *delivery);

/* An evaluation that ends without a decision. Texts are borrowed for the call; request_digest may be "". */
struct svc_failure {
	const char *evaluation_id;
	const char *request_digest;
	const char *workspace, *service, *environment;
	const char *traceparent;
	int cause; /* Rp__V1__FailureCause */
	const char *detail;
};

/* Logs it, counts it and emits its record on evaluation-failures; then done(arg). */
void svc_fail_evaluation(struct svc *svc, const struct svc_failure *failure, svc_emit_done_fn *done, void *arg);

#endif
