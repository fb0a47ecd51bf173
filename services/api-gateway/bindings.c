#include "bindings.h"

#include <json-c/json_object.h>
#include <string.h>

#include "audit.h"
#include "binding_body.h"
#include "binding_store.h"
#include "json/json.h"
#include "narrow.h"
#include "page.h"
#include "policy/names.h"
#include "policy_store.h"
#include "unbound.h"

/* --- answers --- */

static struct json_object *binding_json(const struct pg_result *rows, int row)
{
	struct json_object *policy = json_object_new_object();
	json_add_string(policy, "digest", pg_text(rows, row, BINDING_POLICY_DIGEST));
	json_add_string(policy, "name", pg_text(rows, row, BINDING_POLICY_NAME));
	json_add_string(policy, "version", pg_text(rows, row, BINDING_POLICY_VERSION));
	const char *namespace = pg_text(rows, row, BINDING_NAMESPACE);
	const char *connectors = pg_text(rows, row, BINDING_CONNECTORS);
	struct json_object *names = NULL;
	if (!json_parse(connectors, strlen(connectors), &names, NULL))
		names = NULL;
	struct json_object *binding = json_object_new_object();
	json_add_string(binding, "service", pg_text(rows, row, BINDING_SERVICE));
	json_add_string(binding, "environment", pg_text(rows, row, BINDING_ENVIRONMENT));
	json_add_string(binding, "namespace", namespace[0] != '\0' ? namespace : NULL);
	json_add(binding, "policy", policy);
	json_add_string(binding, "mode", pg_text(rows, row, BINDING_MODE));
	json_add_string(binding, "threshold", pg_text(rows, row, BINDING_THRESHOLD));
	json_add_int(binding, "deadlineMs", pg_int(rows, row, BINDING_DEADLINE_MS));
	json_add(binding, "connectors", names);
	json_add_time(binding, "updatedAt", pg_time_us(rows, row, BINDING_UPDATED_AT));
	json_add_string(binding, "updatedBy", pg_text(rows, row, BINDING_UPDATED_BY));
	return binding;
}

/* --- one binding --- */

struct binding_call {
	struct call *call;
	const char *service, *environment;
	struct binding_body body;
	struct policy *policy;
	struct err err; /* what became clear while rows came */
	bool is_new;
	struct json_object *answer;
};

static void binding_call_finish(void *arg)
{
	struct binding_call *b = arg;
	policy_destroy(b->policy);
	json_object_put(b->answer);
}

/* Place and permission. NULL: answered. */
static struct binding_call *binding_call_begin(struct call *call, enum token_scope scope)
{
	struct err err;
	struct binding_call *b = arena_alloc(call->arena, sizeof(*b));
	b->call = call;
	b->service = http_request_param(call->request, "service");
	b->environment = http_request_param(call->request, "environment");
	if (!json_pattern_check(b->service, JSON_PATTERN_NAME, "service", &err) ||
		!json_pattern_check(b->environment, JSON_PATTERN_NAME, "environment", &err)) {
		call_fail(call, &err);
		return NULL;
	}
	if (!call_authorise(call, scope, b->service, b->environment))
		return NULL;
	arena_defer(call->arena, binding_call_finish, b);
	return b;
}

static void on_binding_row(const struct pg_result *row, void *arg)
{
	struct binding_call *b = arg;
	if (pg_rows(row) > 0)
		b->answer = binding_json(row, 0);
}

static void on_binding(bool ok, const struct err *err, void *arg)
{
	struct binding_call *b = arg;
	if (!call_succeeded(b->call, ok, err))
		return;
	if (b->answer == NULL)
		unbound_answer(b->call, TOKEN_READ, b->service, b->environment, "");
	else
		http_respond_json(b->call->request, b->is_new ? 201 : 200, b->answer);
}

void bindings_get(struct call *call)
{
	struct binding_call *b = binding_call_begin(call, TOKEN_READ);
	if (b != NULL)
		store_binding_of(svc_pg(call->gateway->svc), call->identity->workspace, b->service, b->environment,
			on_binding_row, on_binding, b);
}

/* --- binding --- */

static void on_written(const struct pg_result *row, void *arg)
{
	struct binding_call *b = arg;
	b->is_new = pg_bool(row, 0, 0);
}

static struct pg_param event_body(const struct binding_call *b, const struct binding_write *write)
{
	owned(json) struct json_object *event = json_object_new_object();
	json_add_string(event, "service", write->service);
	json_add_string(event, "environment", write->environment);
	json_add_string(event, "namespace", write->namespace);
	json_add_string(event, "policy", write->policy_digest);
	json_add_string(event, "mode", write->mode);
	json_add_string(event, "threshold", write->threshold);
	json_add_int(event, "deadlineMs", write->deadline_ms);
	json_add(event, "connectors", json_strings_create(b->body.connectors.items, b->body.connectors.count));
	json_add_string(event, "tokenId", b->call->identity->token_id);
	return audit_body(event, b->call->arena);
}

static void write_binding(struct binding_call *b)
{
	struct call *call = b->call;
	struct binding_body *body = &b->body;
	binding_default_connectors(b->policy, call->arena, body);
	owned(json) struct json_object *names = json_strings_create(body->connectors.items, body->connectors.count);
	owned_buf struct buf connectors = { 0 };
	json_text(names, false, &connectors);
	const struct binding_write write = {
		.service = b->service,
		.environment = b->environment,
		.namespace = body->namespace,
		.policy_digest = b->policy->digest,
		.mode = mode_words[body->mode],
		.threshold = body->has_threshold ? decision_words[body->threshold]
						 : decision_name(RP__V1__DECISION__DECISION_REQUIRE_APPROVAL),
		.deadline_ms = body->deadline_ms,
		.connectors = buf_str(&connectors),
		.refresh_ms = binding_refresh_ms(b->policy, &body->connectors),
	};
	store_binding(svc_pg(call->gateway->svc), call->identity->workspace, &write, call->identity->subject,
		event_body(b, &write), on_written, on_binding_row, on_binding, b);
}

static void on_policy_row(const struct pg_result *row, void *arg)
{
	struct binding_call *b = arg;
	if (pg_rows(row) == 0) {
		err_set_at(&b->err, ERR_UNPROCESSABLE, "/policy", "there is no such policy: it has to be stored first");
		return;
	}
	owned_buf struct buf document = { 0 };
	pg_bytes(row, 0, 0, &document);
	if (!policy_load(buf_str(&document), document.len, &b->policy, &b->err)) {
		b->policy = NULL;
		b->err.kind = ERR_INTERNAL;
		err_add(&b->err, "policy %s as it is stored", pg_text(row, 0, 4));
	}
}

static void on_policy(bool ok, const struct err *err, void *arg)
{
	struct binding_call *b = arg;
	if (!call_succeeded(b->call, ok, err))
		return;
	if (b->policy == NULL)
		call_fail(b->call, &b->err);
	else
		write_binding(b);
}

void bindings_put(struct call *call)
{
	struct err err;
	struct binding_call *b = binding_call_begin(call, TOKEN_POLICY);
	if (b == NULL)
		return;
	struct json_object *json = call_body(call);
	if (json == NULL)
		return;
	if (!binding_body_read(json, call->arena, &b->body, &err)) {
		call_fail(call, &err);
		return;
	}
	struct pg *pg = svc_pg(call->gateway->svc);
	const char *workspace = call->identity->workspace;
	if (b->body.policy_digest != NULL)
		store_policy_by_digest(pg, workspace, b->body.policy_digest, on_policy_row, on_policy, b);
	else
		store_policy_by_name(pg, workspace, b->body.policy_ref.name, b->body.policy_ref.version, on_policy_row,
			on_policy, b);
}

/* --- all of them --- */

struct bindings_call {
	struct call *call;
	struct page page;
	struct json_object *answer;
};

static void bindings_call_finish(void *arg)
{
	struct bindings_call *b = arg;
	json_object_put(b->answer);
}

static void on_list_rows(const struct pg_result *rows, void *arg)
{
	struct bindings_call *b = arg;
	const int count = page_rows(&b->page, pg_rows(rows));
	const char *last[2] = { "", "" };
	struct json_object *list = json_object_new_array();
	for (int i = 0; i < count; i++) {
		json_object_array_add(list, binding_json(rows, i));
		last[0] = pg_text(rows, i, BINDING_SERVICE);
		last[1] = pg_text(rows, i, BINDING_ENVIRONMENT);
	}
	b->answer = json_object_new_object();
	json_add(b->answer, "services", list);
	page_next(b->answer, &b->page, pg_rows(rows), last);
}

static void on_list(bool ok, const struct err *err, void *arg)
{
	struct bindings_call *b = arg;
	if (call_succeeded(b->call, ok, err))
		http_respond_json(b->call->request, 200, b->answer);
}

const char *const bindings_list_query[] = { PAGE_PARAMETERS, NULL };

void bindings_list(struct call *call)
{
	struct err err;
	struct bindings_call *b = arena_alloc(call->arena, sizeof(*b));
	b->call = call;
	if (!call_authorise(call, TOKEN_READ, NULL, NULL))
		return;
	if (!page_read(call->request, PAGE_BY_NAMES, &b->page, &err)) {
		call_fail(call, &err);
		return;
	}
	arena_defer(call->arena, bindings_call_finish, b);
	store_bindings(svc_pg(call->gateway->svc), call->identity->workspace,
		narrow_grants(call->identity, TOKEN_READ, call->arena), &b->page, on_list_rows, on_list, b);
}
