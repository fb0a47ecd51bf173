/* The port for the platform: /healthz (the loop turns), /readyz (with the reason if not), /metrics. */
#ifndef SVC_HEALTH_H
#define SVC_HEALTH_H

#include <stdint.h>

#include "conf/conf.h"
#include "svc/svc.h"

struct health;

/* NULL with ERR_CONFIG naming HEALTH_LISTEN if the address can't be bound. */
struct health *health_create(struct svc *svc, const struct conf_address *listen, struct err *err);
void health_destroy(struct health *health);
uint16_t health_port(const struct health *health);

#endif
