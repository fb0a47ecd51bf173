/* Connectors with their state and freshness, as the connector-workers report them on their topic. */
#ifndef GATEWAY_INTEGRATIONS_H
#define GATEWAY_INTEGRATIONS_H

#include <json-c/json_object.h>
#include <stdint.h>

#include "operations.pb-c.h"

struct call;
struct integrations;

/* A worker that has said nothing for this long is stale, and forgotten after an hour. */
#define INTEGRATIONS_STALE_US (INT64_C(120) * 1000000)
#define INTEGRATIONS_LIFE_US (INT64_C(3600) * 1000000)
#define INTEGRATIONS_MAX 10000

struct integrations *integrations_create(void);
void integrations_destroy(struct integrations *integrations);

/* A report came; an older one than that which is known changes nothing. Copied. */
void integrations_on_status(struct integrations *integrations, const Rp__V1__ConnectorStatus *status);

/* What this workspace may use, by connector and worker: the member `integrations` of the answer; the caller's. */
struct json_object *integrations_json(struct integrations *integrations, const char *workspace, int64_t now_us);

/* GET /integrations */
void integrations_get(struct call *call);

#endif
