#include "call.h"

#include <json-c/json_object.h>
#include <string.h>

#include "http/router.h"
#include "json/json.h"
#include "media.h"
#include "query.h"
#include "routes.h"
#include "session.h"

/* Who calls is known, or need not be. */
static void handle(struct call *call)
{
	const struct endpoint *endpoint = http_request_route(call->request)->data;
	struct err err;
	if (query_check(call->request, endpoint->query, &err))
		endpoint->handle(call);
	else
		call_fail(call, &err);
}

static void on_session(const struct token_identity *identity, const struct err *err, void *arg)
{
	struct call *call = arg;
	if (identity == NULL) {
		call_fail(call, err);
		return;
	}
	call->identity = identity;
	handle(call);
}

void call_dispatch(struct http_request *request, void *context)
{
	const struct http_route *route = http_route_find(gateway_routes, request);
	if (route == NULL)
		return;
	struct arena *arena = http_request_arena(request);
	struct call *call = arena_alloc(arena, sizeof(*call));
	*call = (struct call){ context, request, arena, NULL };
	const struct endpoint *endpoint = route->data;
	if (endpoint->is_public)
		handle(call);
	else
		sessions_authenticate(call->gateway->sessions, request, on_session, call);
}

void call_fail(struct call *call, const struct err *err)
{
	http_problem(call->request, err);
}

bool call_authorise(struct call *call, enum token_scope scope, const char *service, const char *environment)
{
	if (token_allows(call->identity, scope, NULL, service, environment))
		return true;
	struct err err;
	if (service == NULL)
		err_set(&err, ERR_FORBIDDEN, "the token does not have the scope %s", token_scope_words[scope]);
	else
		err_set(&err, ERR_FORBIDDEN, "the token does not have the scope %s for service %s, environment %s",
			token_scope_words[scope], service, environment != NULL ? environment : "*");
	call_fail(call, &err);
	return false;
}

static void release(void *value)
{
	json_object_put(value);
}

struct json_object *call_body(struct call *call)
{
	struct err err = { 0 };
	const char *content_type = http_request_header(call->request, "content-type");
	if (content_type != NULL && !media_is(content_type, "application/json")) {
		err_set(&err, ERR_MEDIA_TYPE, "the body has to be application/json, not %.80s", content_type);
		call_fail(call, &err);
		return NULL;
	}
	size_t len;
	const char *body = http_request_body(call->request, &len);
	struct json_object *value;
	if (!json_parse(body, len, &value, &err)) {
		call_fail(call, &err);
		return NULL;
	}
	arena_defer(call->arena, release, value);
	if (!json_object_is_type(value, json_type_object)) {
		err_set_at(&err, ERR_INVALID, "", "the body has to be a JSON object");
		call_fail(call, &err);
		return NULL;
	}
	return value;
}

bool call_succeeded(struct call *call, bool ok, const struct err *err)
{
	if (!ok)
		call_fail(call, err);
	return ok;
}
