/*
 * Bearer tokens: what they look like, what they allow. A token is "rp_" and 43 characters of base64url (256 random
 * bits); only its SHA-256 is stored. Pure: looking tokens up is for others.
 */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypto/hash.h"

#define TOKEN_PREFIX "rp_"
#define TOKEN_SIZE 47 /* with the NUL */

/* What a token may be used for; "admin" implies none of the others. The words are those of token_scope_words. */
enum token_scope {
	TOKEN_GATE,
	TOKEN_INGEST, /* every type of evidence; "ingest:<type>" is one of them */
	TOKEN_READ,
	TOKEN_POLICY,
	TOKEN_APPROVE,
	TOKEN_WAIVE,
	TOKEN_FREEZE,
	TOKEN_BREAKGLASS,
	TOKEN_AUDIT,
	TOKEN_ADMIN,
	TOKEN_SCOPE_COUNT,
};

extern const char *const token_scope_words[];
extern const char *const token_kind_words[]; /* "person", "pipeline" */

struct token_grant {
	enum token_scope scope;
	const char *ingest_type; /* TOKEN_INGEST: the one type, NULL for all */
	const char *const *services;
	size_t service_count; /* "*" stands for all */
	const char *const *environments;
	size_t environment_count;
};

/* Who calls. Texts live in the arena that they were read into. */
struct token_identity {
	const char *token_id;
	const char *workspace;
	const char *kind;
	const char *subject;
	const char *creator;
	const struct token_grant *grants;
	size_t grant_count;
};

/* A fresh token, to be shown once and wiped. */
void token_generate(char text[TOKEN_SIZE]);
/* Is it of the form of a token? Says nothing about whether it exists. */
bool token_well_formed(const char *text);
void token_hash(const char *text, uint8_t hash[SHA256_SIZE]);

/*
 * Reads [{"scope": "gate", "services": ["*"], "environments": ["production"]}] (both lists default to all). ERR_INVALID
 * with the JSON pointer below pointer.
 */
bool token_grants_read(struct json_object *scopes, const char *pointer, struct arena *arena,
	const struct token_grant **grants, size_t *count, struct err *err) MUST_CHECK;

/*
 * Does the identity hold the scope for this service and environment? NULL stands for "any at all": what belongs to no
 * service, or a list that is narrowed afterwards. type is asked for TOKEN_INGEST only.
 */
bool token_allows(const struct token_identity *identity, enum token_scope scope, const char *type, const char *service,
	const char *environment);

#endif
