/* Calls of the HTTP interface, blocking (libcurl). Certificates are verified, redirects are not followed. */
#ifndef RELEASEPASSPORT_API_H
#define RELEASEPASSPORT_API_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"
#include "base/buf.h"
#include "base/err.h"

#define API_PREFIX "/releasepassport/v1"

struct api_options {
	const char *url;
	const char *token; /* from the environment only: other users see a command line */
	const char *token_file;
	const char *ca_file;
};

extern const struct arg_option api_options[];

struct api;

struct api_request {
	const char *method;
	const char *path;            /* below API_PREFIX, already escaped */
	const char *content_type;    /* NULL: JSON */
	const char *accept;          /* NULL: JSON */
	const char *idempotency_key; /* NULL: none */
	const void *body;            /* NULL: none */
	size_t len;
	int64_t timeout_ms;      /* of the whole call; 0: 30 seconds */
	void (*tick)(void *arg); /* called about once a second while it lasts; NULL: nobody waits for that */
	void *arg;
};

struct api_response {
	int status;
	struct buf body;
	char *location; /* below API_PREFIX; NULL if there is none, or one that leads elsewhere */
};

void api_response_finish(struct api_response *response);
/* owned_api_response struct api_response r = { 0 };   finished at the end of the block */
#define owned_api_response __attribute__((cleanup(api_response_finish)))

/*
 * ERR_USAGE for a URL that is none, ERR_FILE for a token's file, ERR_UNAUTHENTICATED where there is no token, unless
 * is_public.
 */
bool api_create(const struct api_options *options, bool is_public, struct api **api, struct err *err) MUST_CHECK;
void api_destroy(struct api *api);
OWNED_DEFINE(api, struct api, api_destroy);

/*
 * One call. True for 2xx; response then is the caller's. Else the kind of the problem that the service stated, or of
 * its status; ERR_UNAVAILABLE or ERR_TIMEOUT where it could not be reached.
 */
bool api_call(
	struct api *api, const struct api_request *request, struct api_response *response, struct err *err) MUST_CHECK;
/* What the last call's answer asked to wait before the next; -1 if nothing. */
int64_t api_retry_after_ms(const struct api *api);
/* Is the last call's failure one that no repetition heals, whatever its kind (a certificate that is not trusted)? */
bool api_is_hopeless(const struct api *api);
/* Where links of an answer begin; no slash at the end. */
const char *api_url(const struct api *api);

/* The same with a JSON body (NULL: none) and a JSON answer, NULL for 204. */
bool api_json(struct api *api, const char *method, const char *path, const struct json_object *body,
	struct json_object **answer, struct err *err) MUST_CHECK;
/* All items of a list, page after page, up to limit: the member of each page's object. */
bool api_list(struct api *api, const char *path, const char *member, int64_t limit, struct json_object **items,
	struct err *err) MUST_CHECK;

/* Appends text as one segment of a path or a value of a query. */
void api_escape(const char *text, struct buf *out);

#endif
