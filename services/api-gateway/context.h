/*
 * The context of a gate call: what the database knows about this service, environment and release, as a gate request
 * for the evaluator. All memory in the call's arena.
 */
#ifndef GATEWAY_CONTEXT_H
#define GATEWAY_CONTEXT_H

#include "base/arena.h"
#include "gate.pb-c.h"
#include "pg/pg.h"

/* What the rows said; filled by context_add_rows. */
struct context {
	struct arena *arena;
	Rp__V1__Binding *binding; /* NULL: the service or environment is not known */
	const char *bound_namespace;
	Rp__V1__Fact **facts;
	size_t fact_count, fact_capacity;
	Rp__V1__SealedFact **observed;
	size_t observed_count, observed_capacity;
	Rp__V1__LastGood *last_good;
	const char *recorded_digest; /* request digest of the decision that is recorded; NULL: none is */
	struct {
		const char *data;
		size_t len;
	} recorded_event;
	struct err err; /* a row that does not read as it should */
};

/* Takes the rows of store_context in; errors stay in context->err. */
void context_add_rows(struct context *context, const struct pg_result *rows);
/* A fact that the caller claims goes beside the recorded ones. */
void context_add_fact(struct context *context, Rp__V1__Fact *fact);

#endif
