/* Which questions a policy has to connectors for one request. */
#ifndef POLICY_QUERY_H
#define POLICY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gate.pb-c.h"

struct policy;
struct policy_evidence;

#define POLICY_QUERY_DIGEST_SIZE 65                      /* hex with NUL */
#define POLICY_FUTURE_MAX_US (INT64_C(60) * 1000 * 1000) /* clocks differ; a fact from further ahead is an error */

struct policy_query {
	const char *connector;
	const char *text; /* with the release's names filled in */
	char digest[POLICY_QUERY_DIGEST_SIZE];
	int64_t timeout_ms;
	int64_t max_age_ms; /* a cached answer that is younger will do; a refresh should ask for half of it */
};

struct policy_queries {
	struct policy_query *items;
	size_t count;
};

/*
 * The queries to be sent before decide() can do its best: those of observed evidence that has no fact among observed,
 * or one that is older than its maximum age (of a refresh: than half of it) or not ok. To be asked once, when the
 * request arrives: an error that just came as an answer is an answer. Equal queries are one. A query that may not be
 * asked (its connector is not in the binding, a name does not fit its template) is left out: decide() finds it an error
 * by itself. All memory in arena.
 */
void policy_needs(const struct policy *policy, const Rp__V1__GateRequest *request, const Rp__V1__Fact *const *observed,
	size_t observed_count, int64_t now_us, struct arena *arena, struct policy_queries *queries);

/*
 * The query of one piece of observed evidence. False, with what is wrong for people in err (ERR_UNPROCESSABLE), if the
 * binding does not have its connector, or the request has no value for a name of its template or one with a character
 * outside [A-Za-z0-9._:/@-], which could end a string in the query's language.
 */
bool policy_query(const struct policy_evidence *evidence, const Rp__V1__GateRequest *request, struct arena *arena,
	struct policy_query *query, struct err *err) MUST_CHECK;

/* SHA-256, hex, of "<bytes>:<connector>,<bytes>:<text>,": the digest that facts are found by. Returns digest. */
char *policy_query_digest(const char *connector, const char *text, char digest[POLICY_QUERY_DIGEST_SIZE]);

/* Is this a template whose every ${name} exists? ERR_INVALID, *offset the byte that is wrong. */
bool policy_template_check(const char *query, size_t *offset, struct err *err) MUST_CHECK;

#endif
