#include "session.h"

#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uthash.h>

#include "base/clock.h"
#include "json/json.h"
#include "metrics/metrics.h"
#include "throttle.h"
#include "token_store.h"

#define SESSIONS_MAX 10000
#define BUCKET_KEY_BYTES 8

/*
 * A token that was found. Requests that use it keep it alive after it left the table. What is too old to be believed
 * stays in the table: it tells that the token was valid lately.
 */
struct session {
	uint8_t hash[SHA256_SIZE]; /* found by its first bytes, then compared whole in constant time */
	struct token_identity identity;
	struct arena *arena;
	int64_t until_us;
	unsigned users;
	bool in_table;
	UT_hash_handle hh;
};

struct sessions {
	struct svc *svc;
	struct session *table; /* the oldest first */
	struct throttle *throttle;
};

/* One look-up under way. */
struct lookup {
	struct sessions *sessions;
	struct http_request *request;
	session_fn *call;
	void *arg;
	uint8_t hash[SHA256_SIZE];
	struct session *found;
	struct err err;
};

static struct metric failures = {
	.name = "rp_authentication_failures_total",
	.help = "Requests without a valid token.",
	.type = METRIC_COUNTER,
};

struct sessions *sessions_create(struct svc *svc)
{
	struct sessions *sessions = mem_zalloc(1, sizeof(*sessions));
	sessions->svc = svc;
	sessions->throttle = throttle_create();
	metrics_register(&failures);
	return sessions;
}

static void session_free(struct session *session)
{
	arena_destroy(session->arena);
	explicit_bzero(session->hash, sizeof(session->hash));
	free(session);
}

static void leave_table(struct sessions *sessions, struct session *session)
{
	HASH_DEL(sessions->table, session);
	session->in_table = false;
	if (session->users == 0)
		session_free(session);
}

void sessions_destroy(struct sessions *sessions)
{
	if (sessions == NULL)
		return;
	while (sessions->table != NULL)
		leave_table(sessions, sessions->table);
	throttle_destroy(sessions->throttle);
	free(sessions);
}

static void unuse(void *arg)
{
	struct session *session = arg;
	session->users--;
	if (session->users == 0 && !session->in_table)
		session_free(session);
}

/* Hands the session to a request, for whose life it stays. */
static void use(struct session *session, struct http_request *request, session_fn *call, void *arg)
{
	session->users++;
	arena_defer(http_request_arena(request), unuse, session);
	call(&session->identity, NULL, arg);
}

static struct session *find(struct sessions *sessions, const uint8_t hash[SHA256_SIZE])
{
	struct session *session;
	HASH_FIND(hh, sessions->table, hash, BUCKET_KEY_BYTES, session);
	return session != NULL && crypto_equal(session->hash, hash, SHA256_SIZE) ? session : NULL;
}

static void keep(struct sessions *sessions, struct session *session)
{
	struct session *other;
	HASH_FIND(hh, sessions->table, session->hash, BUCKET_KEY_BYTES, other);
	if (other != NULL)
		leave_table(sessions, other);
	HASH_ADD(hh, sessions->table, hash, BUCKET_KEY_BYTES, session);
	session->in_table = true;
	while (HASH_COUNT(sessions->table) > SESSIONS_MAX)
		leave_table(sessions, sessions->table);
}

void sessions_drop(struct sessions *sessions, const char *token_id)
{
	struct session *session, *next;
	HASH_ITER (hh, sessions->table, session, next)
		if (token_id[0] == '\0' || strcmp(session->identity.token_id, token_id) == 0)
			leave_table(sessions, session);
}

/* --- looking up --- */

static bool refuse(struct err *err)
{
	return err_set(err, ERR_UNAUTHENTICATED, "a valid bearer token is needed");
}

static bool read_identity(const struct pg_result *row, struct session *session, struct err *err)
{
	struct arena *arena = session->arena;
	session->identity = (struct token_identity){
		.token_id = arena_strdup(arena, pg_text(row, 0, 0)),
		.workspace = arena_strdup(arena, pg_text(row, 0, 1)),
		.kind = arena_strdup(arena, pg_text(row, 0, 2)),
		.subject = arena_strdup(arena, pg_text(row, 0, 3)),
		.creator = arena_strdup(arena, pg_text(row, 0, 4)),
	};
	owned(json) struct json_object *scopes = NULL;
	const char *text = pg_text(row, 0, 5);
	if (!json_parse(text, strlen(text), &scopes, err) ||
		!token_grants_read(scopes, "", arena, &session->identity.grants, &session->identity.grant_count, err)) {
		err->kind = ERR_INTERNAL;
		return err_add(err, "the scopes of token %s", session->identity.token_id);
	}
	return true;
}

static void on_token(const struct pg_result *result, void *arg)
{
	struct lookup *lookup = arg;
	if (pg_rows(result) == 0 || !pg_bool(result, 0, 6)) {
		refuse(&lookup->err);
		return;
	}
	struct session *session = mem_zalloc(1, sizeof(*session));
	session->arena = arena_create();
	memcpy(session->hash, lookup->hash, sizeof(session->hash));
	session->until_us = clock_mono_us() + SESSION_LIFE_US;
	if (!pg_is_null(result, 0, 7)) {
		const int64_t left_us = pg_time_us(result, 0, 7) - clock_now_us();
		session->until_us -= left_us < SESSION_LIFE_US ? SESSION_LIFE_US - left_us : 0;
	}
	if (read_identity(result, session, &lookup->err))
		lookup->found = session;
	else
		session_free(session);
}

static void on_looked_up(bool ok, const struct err *err, void *arg)
{
	struct lookup *lookup = arg;
	struct sessions *sessions = lookup->sessions;
	if (!ok)
		lookup->err = *err;
	if (lookup->found != NULL && !ok) {
		session_free(lookup->found);
		lookup->found = NULL;
	}
	if (lookup->found != NULL) {
		keep(sessions, lookup->found);
		use(lookup->found, lookup->request, lookup->call, lookup->arg);
		return;
	}
	if (lookup->err.kind == ERR_UNAUTHENTICATED) {
		struct session *stale = find(sessions, lookup->hash);
		if (stale != NULL)
			leave_table(sessions, stale);
		metric_add(&failures, NULL, 1);
		throttle_failed(sessions->throttle, http_request_remote(lookup->request), clock_mono_us());
	}
	lookup->call(NULL, &lookup->err, lookup->arg);
}

/* The token of "Authorization: Bearer <token>", NULL if there is none of the right form. */
static const char *bearer(const struct http_request *request)
{
	static const char scheme[] = "Bearer ";
	const char *header = http_request_header(request, "authorization");
	if (header == NULL || strncasecmp(header, scheme, strlen(scheme)) != 0)
		return NULL;
	const char *token = header + strlen(scheme);
	return token_well_formed(token) ? token : NULL;
}

void sessions_authenticate(struct sessions *sessions, struct http_request *request, session_fn *call, void *arg)
{
	struct lookup *lookup = arena_alloc(http_request_arena(request), sizeof(*lookup));
	*lookup = (struct lookup){ sessions, request, call, arg };
	const char *token = bearer(request);
	if (token == NULL) {
		/* Nothing was guessed, and nothing has to be looked up. */
		refuse(&lookup->err);
		metric_add(&failures, NULL, 1);
		call(NULL, &lookup->err, arg);
		return;
	}
	token_hash(token, lookup->hash);
	struct session *session = find(sessions, lookup->hash);
	if (session != NULL && session->until_us > clock_mono_us()) {
		use(session, request, call, arg);
		return;
	}
	/* A token that was valid lately is looked up whatever others of its address do. */
	if (session == NULL && !throttle_allows(sessions->throttle, http_request_remote(request), clock_mono_us())) {
		err_set(&lookup->err, ERR_RATE_LIMITED, "too many wrong tokens from this address");
		call(NULL, &lookup->err, arg);
		return;
	}
	store_token_by_hash(svc_pg(sessions->svc), lookup->hash, on_token, on_looked_up, lookup);
}
