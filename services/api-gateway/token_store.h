/* Statements about tokens. */
#ifndef GATEWAY_TOKEN_STORE_H
#define GATEWAY_TOKEN_STORE_H

#include "pg/pg.h"

#define TOKEN_STORE_STATEMENTS 1
extern const struct pg_statement *const token_store_statements[TOKEN_STORE_STATEMENTS];

/*
 * The token with this hash (32 bytes): no row or one of token_id, workspace, kind, subject, creator, scopes (JSON
 * text), is_valid (neither expired nor revoked), expires_at.
 */
void store_token_by_hash(struct pg *pg, const void *hash, pg_result_fn *on_token, pg_done_fn *done, void *arg);

#endif
