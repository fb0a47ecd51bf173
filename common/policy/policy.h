/*
 * A policy: which evidence a release needs, the rules over it, and what follows where they are not met. docs/policy.md
 * describes the format; the design is that of the page "Policy and decisions".
 *
 * A policy is immutable and named by the SHA-256 of its canonical form (RFC 8785). No clock, no I/O.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "facts.pb-c.h"
#include "gate.pb-c.h"
#include "policy/finding.h"

struct cel_program;

#define POLICY_API_VERSION "releasepassport.dev/v1"
#define POLICY_KIND "Policy"
#define POLICY_DIGEST_SIZE 72 /* "sha256:", 64 digits, NUL */
#define POLICY_EVIDENCE_MAX 64
#define POLICY_RULES_MAX 128
#define POLICY_STEPS_MAX 32
#define POLICY_WATCH_MAX 16
#define POLICY_EXPRESSIONS_MAX_BYTES 65536 /* of all rules: compiling them must not keep a loop busy */

struct policy_evidence {
	const char *name;                     /* as the rules call it */
	Rp__V1__EvidenceClass evidence_class; /* the lowest that satisfies it */
	const char *type;                     /* of the facts posted or claimed; for observed evidence the name */
	const char *connector;                /* observed only, else NULL */
	const char *query;                    /* observed only: a template, see query.h */
	int64_t max_age_ms;                   /* 0: any age (claimed only) */
	int64_t timeout_ms;                   /* observed only */
	bool optional;
};

/* That a rule names a piece of evidence. */
struct policy_mention {
	size_t evidence; /* index */
	bool tested; /* optional evidence, and the rule tests it with has(): its absence is the expression's matter */
};

struct policy_rule {
	const char *id;
	const char *require;
	const struct cel_program *program;
	const struct policy_mention *mentions; /* in the order of the declarations */
	size_t mention_count;
	Rp__V1__Decision otherwise; /* not met */
	Rp__V1__Decision absent;    /* named evidence is not there */
	Rp__V1__Decision faulty;    /* it is there, but the expression fails: never milder than the default */
	bool milder;        /* absent is milder than it would be by default, which the policy says in so many words */
	const char *reason; /* NULL: none written */
	const char *next_action; /* NULL: none written */
	uint32_t weight;
};

struct policy_step {
	uint32_t weight_percent;
	int64_t pause_ms;
	const char *const *watch;
	size_t watch_count;
};

struct policy {
	const char *name;
	const char *version;
	const char *description; /* NULL: none */
	const struct policy_evidence *evidence;
	size_t evidence_count;
	const struct policy_rule *rules;
	size_t rule_count;
	const struct policy_step *steps; /* of the canary */
	size_t step_count;
	const char *canonical; /* RFC 8785: what is stored and what the digest is of */
	size_t canonical_len;
	char digest[POLICY_DIGEST_SIZE];
	struct arena *arena; /* holds all of it */
};

/*
 * Reads the YAML (or JSON) text of a policy. Every finding goes to *findings (its memory in arena; set on success and
 * on failure); false if any is an error: ERR_INVALID, with the first one's text and "line:column" in err.
 */
bool policy_parse(const char *text, size_t len, struct policy **policy, struct arena *arena,
	struct policy_findings *findings, struct err *err) MUST_CHECK;
/* Reads the stored form: JSON, canonical or not. Places are JSON pointers. ERR_INVALID. */
bool policy_load(const char *json, size_t len, struct policy **policy, struct err *err) MUST_CHECK;
void policy_destroy(struct policy *policy);
OWNED_DEFINE(policy, struct policy, policy_destroy);

#endif
