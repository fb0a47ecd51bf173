/* The one token that nobody else's token made: with it, an administrator makes the others. */
#ifndef RELEASEPASSPORT_FIRST_TOKEN_H
#define RELEASEPASSPORT_FIRST_TOKEN_H

#include "database.h"

/* Makes a person's token with scope admin, with its audit event, and shows it. If there is any token: says so only. */
bool first_token_create(struct database *database, void (*show_token)(const char *token, void *arg), void *arg,
	struct err *err) MUST_CHECK;

#endif
