#include "first_token.h"

#include <assert.h>
#include <string.h>

#include "auth/token.h"
#include "base/buf.h"
#include "base/encode.h"
#include "base/id.h"
#include "json/json.h"

#define WORKSPACE "default"
#define SUBJECT "first-administrator"
#define CREATOR "releasepassport migrate"
#define SCOPES "[{\"environments\":[\"*\"],\"scope\":\"admin\",\"services\":[\"*\"]}]"

/* What the audit event tells: everything but the token. */
static bool describe(const char *token_id, struct buf *body, struct err *err)
{
	owned(json) struct json_object *event = json_object_new_object();
	struct json_object *scopes;
	if (!json_parse(SCOPES, strlen(SCOPES), &scopes, err))
		return false;
	json_add(event, "scopes", scopes);
	json_add_string(event, "tokenId", token_id);
	json_add_string(event, "kind", "person");
	json_add_string(event, "subject", SUBJECT);
	json_add_string(event, "creator", CREATOR);
	return json_canonical(event, body, err);
}

static bool store(struct database *database, const char *token_id, const char *hash, bool *made, struct err *err)
{
	owned_buf struct buf body = { 0 };
	if (!describe(token_id, &body, err))
		return false;
	const char *token[] = { token_id, WORKSPACE, hash, SUBJECT, CREATOR, SCOPES };
	__attribute__((cleanup(own_pgresult))) PGresult *result = NULL;
	if (!database_ask(database,
		    "INSERT INTO releasepassport.token (token_id, workspace, hash, kind, subject, creator, scopes)"
		    " SELECT $1, $2, decode($3, 'hex'), 'person', $4, $5, $6::jsonb"
		    " WHERE NOT EXISTS (SELECT FROM releasepassport.token)",
		    6, token, &result, err))
		return false;
	*made = strcmp(PQcmdTuples(result), "1") == 0;
	const char *event[] = { WORKSPACE, CREATOR, token_id, buf_str(&body) };
	return !*made ||
	       database_do(database,
		       "INSERT INTO releasepassport.audit_outbox (workspace, kind, actor, object_type, object_id, body)"
		       " VALUES ($1, 'token.created', $2, 'token', $3, convert_to($4, 'UTF8'))",
		       4, event, err);
}

bool first_token_create(
	struct database *database, void (*show_token)(const char *token, void *arg), void *arg, struct err *err)
{
	assert(show_token != NULL);
	char token[TOKEN_SIZE], hex[SHA256_HEX_SIZE], id[ID_SIZE];
	uint8_t hash[SHA256_SIZE];
	bool made = false;
	token_generate(token);
	token_hash(token, hash);
	bool ok = database_begin(database, err) &&
		  database_end(database,
			  store(database, id_create("tok_", id), hex_encode(hash, sizeof(hash), hex), &made, err), err);
	if (ok && made) {
		database_say(
			database, "the first token, %s of %s, with scope admin; it is shown this once:", id, SUBJECT);
		show_token(token, arg);
	} else if (ok) {
		database_say(database, "there are tokens already: no first one was made");
	}
	explicit_bzero(token, sizeof(token));
	return ok;
}
