/*
 * One evaluation from its request to its end: policy, facts, verdict; or a failure record where our own fault cut it
 * short. Each lives in exactly one table until then and ends its request's delivery.
 */
#ifndef EVALUATOR_EVALUATION_H
#define EVALUATOR_EVALUATION_H

#include "evidence.pb-c.h"
#include "gate.pb-c.h"
#include "svc/svc.h"

struct evaluations;

struct evaluations *evaluations_create(struct svc *svc);
void evaluations_destroy(struct evaluations *evaluations);

/* Takes the delivery of a checked request. */
void evaluations_begin(struct evaluations *evaluations, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__GateRequest *request);
/* A connector's answer; body is the packed fact, copied as needed. */
void evaluations_fact(struct evaluations *evaluations, const Rp__V1__EvidenceFact *fact, const void *body, size_t len);
/* Forgets what was begun for a partition of gate-requests that is taken away: its new owner begins again. */
void evaluations_revoked(struct evaluations *evaluations, int32_t partition);
bool evaluations_idle(const struct evaluations *evaluations);

/* Ends the delivery of a request that no evaluation can come of: a failure record, then a dead letter. */
void evaluation_poison(struct svc *svc, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__GateRequest *request, const struct err *why);

#endif
