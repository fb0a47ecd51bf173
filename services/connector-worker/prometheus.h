/* Prometheus: instant queries (HTTP API v1, POST /api/v1/query). */
#ifndef WORKER_PROMETHEUS_H
#define WORKER_PROMETHEUS_H

#include "connector.h"

#define PROMETHEUS_SAMPLES_MAX 100

extern const struct connector_type prometheus_type;

#endif
