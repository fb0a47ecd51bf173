/*
 * The connector-worker: the only process that speaks with the customer's systems. queries -> facts. Every question is
 * answered, a source that fails or is slow by a fact that says so.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "svc/svc.h"

extern const struct svc_descriptor worker_svc;

#endif
