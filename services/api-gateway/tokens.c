#include "tokens.h"

#include <json-c/json_object.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "base/id.h"
#include "json/fields.h"
#include "json/json.h"
#include "page.h"
#include "session.h"
#include "token_store.h"

/* --- making one --- */

struct token_body {
	int kind;
	const char *subject;
	struct json_object *scopes;
	int64_t expires_at_us;
	bool has_expires_at;
};

static const struct json_field body_fields[] = {
	{ "kind", JSON_ENUM, offsetof(struct token_body, kind), .mandatory = true, .names = token_kind_words },
	{ "subject", JSON_STRING, offsetof(struct token_body, subject), .mandatory = true, .min = 1, .max = 256,
		.pattern = JSON_PATTERN_ONE_LINE },
	{ "scopes", JSON_ANY, offsetof(struct token_body, scopes), .mandatory = true },
	{ "expiresAt", JSON_TIME, offsetof(struct token_body, expires_at_us),
		.present_offset = offsetof(struct token_body, has_expires_at) },
	{ 0 },
};

struct creation {
	struct call *call;
	struct token_body body;
	const struct token_grant *grants;
	size_t grant_count;
	char id[ID_SIZE];
	char token[TOKEN_SIZE];
	int64_t created_at_us;
};

static void creation_finish(void *arg)
{
	struct creation *creation = arg;
	explicit_bzero(creation->token, sizeof(creation->token));
}

static bool read_body(struct json_object *json, struct creation *creation, struct err *err)
{
	struct arena *arena = creation->call->arena;
	struct token_body *body = &creation->body;
	if (!json_read(json, body_fields, "", arena, body, err) ||
		!token_grants_read(body->scopes, "/scopes", arena, &creation->grants, &creation->grant_count, err))
		return false;
	return !body->has_expires_at || body->expires_at_us > clock_now_us() ||
	       err_set_at(err, ERR_UNPROCESSABLE, "/expiresAt", "this time is over");
}

/* The scopes with every default written out. */
static struct json_object *scopes_json(const struct creation *creation)
{
	struct json_object *scopes = json_object_new_array();
	for (size_t i = 0; i < creation->grant_count; i++) {
		const struct token_grant *grant = &creation->grants[i];
		const char *word = token_scope_words[grant->scope];
		struct json_object *scope = json_object_new_object();
		if (grant->ingest_type != NULL)
			word = arena_printf(creation->call->arena, "%s:%s", word, grant->ingest_type);
		json_add_string(scope, "scope", word);
		json_add(scope, "services", json_strings_create(grant->services, grant->service_count));
		json_add(scope, "environments", json_strings_create(grant->environments, grant->environment_count));
		json_object_array_add(scopes, scope);
	}
	return scopes;
}

/* Everything about it but the token itself. */
static struct json_object *describe(const struct creation *creation)
{
	struct json_object *object = json_object_new_object();
	json_add_string(object, "tokenId", creation->id);
	json_add_string(object, "kind", token_kind_words[creation->body.kind]);
	json_add_string(object, "subject", creation->body.subject);
	json_add_string(object, "creator", creation->call->identity->subject);
	json_add(object, "scopes", scopes_json(creation));
	json_add_time(object, "expiresAt", creation->body.expires_at_us);
	return object;
}

static void on_created_row(const struct pg_result *row, void *arg)
{
	struct creation *creation = arg;
	creation->created_at_us = pg_time_us(row, 0, 0);
}

static void on_created(bool ok, const struct err *err, void *arg)
{
	struct creation *creation = arg;
	struct call *call = creation->call;
	if (!call_succeeded(call, ok, err))
		return;
	struct json_object *answer = describe(creation), *secret = json_string_create(creation->token);
	json_add_time(answer, "createdAt", creation->created_at_us);
	json_add(answer, "token", secret);
	struct buf text = { 0 };
	json_text(answer, false, &text);
	explicit_bzero((char *)json_object_get_string(secret), (size_t)json_object_get_string_len(secret));
	json_object_put(answer);
	http_response_header(call->request, "Cache-Control", "no-store");
	http_respond(call->request, 201, "application/json", text.data, text.len);
	buf_wipe(&text);
}

static void make(struct creation *creation)
{
	struct call *call = creation->call;
	uint8_t hash[SHA256_SIZE];
	id_create("tok_", creation->id);
	token_generate(creation->token);
	token_hash(creation->token, hash);
	owned(json) struct json_object *scopes = scopes_json(creation), *event = describe(creation);
	json_add_string(event, "creatorTokenId", call->identity->token_id);
	owned_buf struct buf text = { 0 };
	json_text(scopes, false, &text);
	const struct token_write write = {
		.token_id = creation->id,
		.hash = hash,
		.kind = token_kind_words[creation->body.kind],
		.subject = creation->body.subject,
		.creator = call->identity->subject,
		.scopes = buf_str(&text),
		.expires_at_us = creation->body.expires_at_us,
		.event = audit_body(event, call->arena),
	};
	store_token(
		svc_pg(call->gateway->svc), call->identity->workspace, &write, on_created_row, on_created, creation);
}

void tokens_create(struct call *call)
{
	struct err err;
	if (!call_authorise(call, TOKEN_ADMIN, NULL, NULL))
		return;
	struct json_object *json = call_body(call);
	if (json == NULL)
		return;
	struct creation *creation = arena_alloc(call->arena, sizeof(*creation));
	creation->call = call;
	arena_defer(call->arena, creation_finish, creation);
	if (read_body(json, creation, &err))
		make(creation);
	else
		call_fail(call, &err);
}

/* --- listing --- */

struct tokens_call {
	struct call *call;
	struct page page;
	struct json_object *answer;
};

static void tokens_call_finish(void *arg)
{
	struct tokens_call *tokens = arg;
	json_object_put(tokens->answer);
}

static struct json_object *token_json(const struct pg_result *rows, int row)
{
	const char *text = pg_text(rows, row, 4);
	struct json_object *scopes = NULL;
	if (!json_parse(text, strlen(text), &scopes, NULL))
		scopes = NULL;
	struct json_object *token = json_object_new_object();
	json_add_string(token, "tokenId", pg_text(rows, row, 0));
	json_add_string(token, "kind", pg_text(rows, row, 1));
	json_add_string(token, "subject", pg_text(rows, row, 2));
	json_add_string(token, "creator", pg_text(rows, row, 3));
	json_add(token, "scopes", scopes);
	json_add_time(token, "createdAt", pg_time_us(rows, row, 5));
	json_add_time(token, "expiresAt", pg_time_us(rows, row, 6));
	json_add_time(token, "revokedAt", pg_time_us(rows, row, 7));
	return token;
}

static void on_list_rows(const struct pg_result *rows, void *arg)
{
	struct tokens_call *tokens = arg;
	const int count = page_rows(&tokens->page, pg_rows(rows));
	char time[CLOCK_RFC3339_SIZE] = "";
	const char *last[2] = { time, "" };
	struct json_object *list = json_object_new_array();
	for (int i = 0; i < count; i++) {
		json_object_array_add(list, token_json(rows, i));
		clock_format(pg_time_us(rows, i, 5), time);
		last[1] = pg_text(rows, i, 0);
	}
	tokens->answer = json_object_new_object();
	json_add(tokens->answer, "tokens", list);
	page_next(tokens->answer, &tokens->page, pg_rows(rows), last);
}

static void on_list(bool ok, const struct err *err, void *arg)
{
	struct tokens_call *tokens = arg;
	if (call_succeeded(tokens->call, ok, err))
		http_respond_json(tokens->call->request, 200, tokens->answer);
}

const char *const tokens_list_query[] = { PAGE_PARAMETERS, NULL };

void tokens_list(struct call *call)
{
	struct err err;
	struct tokens_call *tokens = arena_alloc(call->arena, sizeof(*tokens));
	tokens->call = call;
	if (!call_authorise(call, TOKEN_ADMIN, NULL, NULL))
		return;
	if (!page_read(call->request, PAGE_BY_TIME, &tokens->page, &err)) {
		call_fail(call, &err);
		return;
	}
	arena_defer(call->arena, tokens_call_finish, tokens);
	store_tokens(
		svc_pg(call->gateway->svc), call->identity->workspace, &tokens->page, on_list_rows, on_list, tokens);
}

/* --- revoking --- */

struct revocation {
	struct call *call;
	const char *token_id;
	bool is_known;
};

static void on_revoked_row(const struct pg_result *row, void *arg)
{
	struct revocation *revocation = arg;
	revocation->is_known = pg_bool(row, 0, 0);
}

static void on_revoked(bool ok, const struct err *failure, void *arg)
{
	struct revocation *revocation = arg;
	struct call *call = revocation->call;
	if (!call_succeeded(call, ok, failure))
		return;
	if (!revocation->is_known) {
		struct err err;
		err_set_at(&err, ERR_NOT_FOUND, "id", "no token has this id");
		call_fail(call, &err);
		return;
	}
	/* Here it ends at once; other gateways hear of it from PostgreSQL. */
	sessions_drop(call->gateway->sessions, revocation->token_id);
	http_respond(call->request, 204, NULL, NULL, 0);
}

void tokens_revoke(struct call *call)
{
	if (!call_authorise(call, TOKEN_ADMIN, NULL, NULL))
		return;
	struct revocation *revocation = arena_alloc(call->arena, sizeof(*revocation));
	revocation->call = call;
	revocation->token_id = http_request_param(call->request, "id");
	owned(json) struct json_object *event = json_object_new_object();
	json_add_string(event, "tokenId", revocation->token_id);
	json_add_string(event, "revokerTokenId", call->identity->token_id);
	store_token_revoked(svc_pg(call->gateway->svc), call->identity->workspace, revocation->token_id,
		call->identity->subject, audit_body(event, call->arena), on_revoked_row, on_revoked, revocation);
}
