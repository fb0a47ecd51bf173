/* Statements about tokens. */
#ifndef GATEWAY_TOKEN_STORE_H
#define GATEWAY_TOKEN_STORE_H

#include "page.h"
#include "pg/pg.h"

#define TOKEN_STORE_STATEMENTS 4
extern const struct pg_statement *const token_store_statements[TOKEN_STORE_STATEMENTS];

/*
 * The token with this hash (32 bytes): no row or one of token_id, workspace, kind, subject, creator, scopes (JSON
 * text), is_valid (neither expired nor revoked), expires_at.
 */
void store_token_by_hash(struct pg *pg, const void *hash, pg_result_fn *on_token, pg_done_fn *done, void *arg);

struct token_write {
	const char *token_id;
	const void *hash; /* 32 bytes */
	const char *kind, *subject;
	const char *creator;   /* also the actor of the audit event */
	const char *scopes;    /* JSON array text */
	int64_t expires_at_us; /* 0: never */
	struct pg_param event; /* the body of the audit event */
};

/* One row: created_at. */
void store_token(struct pg *pg, const char *workspace, const struct token_write *token, pg_result_fn *on_row,
	pg_done_fn *done, void *arg);
/* token_id, kind, subject, creator, scopes, created_at, expires_at, revoked_at; the newest first. */
void store_tokens(struct pg *pg, const char *workspace, const struct page *page, pg_result_fn *on_rows,
	pg_done_fn *done, void *arg);
/* One row: is there such a token? A token that was revoked before stays as it is, without another event. */
void store_token_revoked(struct pg *pg, const char *workspace, const char *token_id, const char *actor,
	struct pg_param event, pg_result_fn *on_row, pg_done_fn *done, void *arg);

#endif
