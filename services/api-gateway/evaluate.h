/* POST /gate/evaluate and GET /evaluations/{id}. */
#ifndef GATEWAY_EVALUATE_H
#define GATEWAY_EVALUATE_H

#include "call.h"

struct asked; /* gate requests that Kafka has not acknowledged yet */

void evaluate_post(struct call *call);
void evaluate_get(struct call *call);

/* Frees what is not acknowledged when the process stops. */
void evaluate_stop(struct gateway *gateway);

#endif
