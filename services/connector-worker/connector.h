/*
 * What a kind of connector is: how a query becomes an HTTP call to the configured endpoint, and how the answer becomes
 * a normalised fact. Both pure; sending, timeouts, sharing and status are the same for all kinds.
 *
 * A new kind is one file that defines a struct connector_type, and a row in connector_types.
 */
#ifndef WORKER_CONNECTOR_H
#define WORKER_CONNECTOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "facts.pb-c.h"
#include "http/client.h"

/* A connector as the file configures it. */
struct connector {
	const char *name;
	const struct connector_type *type;
	const char *url;           /* base, without a slash at its end: nothing else is ever called */
	const char *authorization; /* header line, NULL: none; wiped when the configuration goes */
	const char *ca_file;
	int64_t timeout_ms; /* no call takes longer */
	const char *const *workspaces;
	size_t workspace_count; /* "*" stands for all */
	const char *const *services;
	size_t service_count;
};

/* What a source said, not yet bound to an evaluation. The texts lie in the arena that was handed in. */
struct observation {
	Rp__V1__FactStatus status;
	const char *detail;     /* for people, "" if there is nothing to say */
	int64_t observed_at_us; /* when the source saw it */
	const char *value;      /* canonical JSON object; "" unless status is ok or partial */
	size_t value_len;
};

struct connector_type {
	const char *name; /* "prometheus" */
	/* Fills call for this query; texts go to the arena. ERR_UNPROCESSABLE: the query can't be asked. */
	bool (*prepare)(const struct connector *connector, const char *query, struct arena *arena,
		struct http_call *call, struct err *err);
	/* Reads an answer of any status. Never fails: what can't be read is an observation with status error. */
	void (*read)(
		const struct http_answer *answer, int64_t now_us, struct arena *arena, struct observation *observation);
};

extern const struct connector_type *const connector_types[]; /* NULL at the end */

#define OBSERVATION_DETAIL_MAX 400

/*
 * What a source or a library said, as a fact's detail: a copy of at most OBSERVATION_DETAIL_MAX bytes, in UTF-8
 * whatever came. A record with any other text is one that nobody can read.
 */
const char *observation_detail(const char *text, struct arena *arena);
/* The observation that nothing could be seen. detail is taken through observation_detail. */
void observation_failed(struct observation *observation, Rp__V1__FactStatus status, const char *detail, int64_t now_us,
	struct arena *arena);

#endif
