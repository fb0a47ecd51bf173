/*
 * Questions to sources: one call under way for each query however many ask it, the last answer kept for as long as
 * somebody would take it, and for each question an answer within its own time.
 */
#ifndef WORKER_ASKING_H
#define WORKER_ASKING_H

#include "connectors.h"
#include "evidence.pb-c.h"
#include "http/client.h"
#include "status.h"
#include "svc/svc.h"

struct asking;

struct asking *asking_create(struct svc *svc, struct http_client *client, struct status *status);
void asking_destroy(struct asking *asking);

/* Takes the delivery, which ends when its fact is acknowledged. connector may be asked by this workspace and service.
 */
void asking_add(struct asking *asking, const struct connector *connector, struct bus_delivery *delivery,
	const struct bus_record *record, const Rp__V1__EvidenceQuery *query);
bool asking_idle(const struct asking *asking);

/* Answers a query with this observation; the delivery ends when the fact is acknowledged. */
void asking_answer(struct svc *svc, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__EvidenceQuery *query, const struct observation *observation);

#endif
