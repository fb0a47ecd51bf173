/* The configured connectors: a YAML file, read once at start. What it does not name is never called. */
#ifndef WORKER_CONNECTORS_H
#define WORKER_CONNECTORS_H

#include "connector.h"

struct connectors {
	const struct connector *items;
	size_t count;
	struct arena *arena;
};

/*
 * Reads the file:
 *
 *	connectors:
 *	  - name: prometheus
 *	    type: prometheus
 *	    url: https://prometheus.example:9090
 *	    workspaces: [default]	# who may use it; "*" for all
 *	    services: ["*"]		# default: all
 *	    tokenFile: /run/secrets/prometheus-token
 *	    caFile: /etc/ssl/prometheus-ca.pem
 *	    timeout: 5s			# default; at most 30s
 *
 * ERR_FILE with "path:line:column" of the fault.
 */
bool connectors_load(const char *path, struct connectors **connectors, struct err *err) MUST_CHECK;
/* Wipes the credentials. */
void connectors_destroy(struct connectors *connectors);

/* NULL if there is none of this name. */
const struct connector *connectors_find(const struct connectors *connectors, const char *name);
/* May queries of this workspace and service use the connector? */
bool connector_serves(const struct connector *connector, const char *workspace, const char *service);

#endif
