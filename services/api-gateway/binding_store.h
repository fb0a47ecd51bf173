/* Statements about bindings. */
#ifndef GATEWAY_BINDING_STORE_H
#define GATEWAY_BINDING_STORE_H

#include "page.h"
#include "pg/pg.h"

#define BINDING_STORE_STATEMENTS 5
extern const struct pg_statement *const binding_store_statements[BINDING_STORE_STATEMENTS];

struct binding_write {
	const char *service, *environment;
	const char *namespace; /* "": none */
	const char *policy_digest;
	const char *mode, *threshold;
	int64_t deadline_ms;
	const char *connectors; /* JSON array text */
	int64_t refresh_ms;     /* 0: nothing to refresh */
};

/*
 * The columns of a binding: service, environment, namespace, policy_digest, policy name, policy version, mode,
 * threshold, deadline_ms, connectors (JSON text), updated_at, updated_by.
 */
enum binding_column {
	BINDING_SERVICE,
	BINDING_ENVIRONMENT,
	BINDING_NAMESPACE,
	BINDING_POLICY_DIGEST,
	BINDING_POLICY_NAME,
	BINDING_POLICY_VERSION,
	BINDING_MODE,
	BINDING_THRESHOLD,
	BINDING_DEADLINE_MS,
	BINDING_CONNECTORS,
	BINDING_UPDATED_AT,
	BINDING_UPDATED_BY,
};

/*
 * Binds, and starts or stops the background refresh. on_written gets one row: is the binding new? on_row gets the
 * binding as it is now. A write that changes nothing leaves no event. event: the body of the audit event.
 */
void store_binding(struct pg *pg, const char *workspace, const struct binding_write *binding, const char *actor,
	struct pg_param event, pg_result_fn *on_written, pg_result_fn *on_row, pg_done_fn *done, void *arg);

/* One binding, or no row. */
void store_binding_of(struct pg *pg, const char *workspace, const char *service, const char *environment,
	pg_result_fn *on_row, pg_done_fn *done, void *arg);

/* Bindings that the grants (narrow.h) show, by name. */
void store_bindings(struct pg *pg, const char *workspace, const char *grants, const struct page *page,
	pg_result_fn *on_rows, pg_done_fn *done, void *arg);

#endif
