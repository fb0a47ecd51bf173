/* How each connector fares: told on connector-status when it changes and every ten seconds. */
#ifndef WORKER_STATUS_H
#define WORKER_STATUS_H

#include "connectors.h"
#include "svc/svc.h"

struct status;

struct status *status_create(struct svc *svc, const struct connectors *connectors);
void status_destroy(struct status *status);

/* The source was asked and this came of it. "No data" and "not a number" are answers: the connector works. */
void status_note(struct status *status, const struct connector *connector, const struct observation *observation);

#endif
