#include "policies.h"

#include <json-c/json_object.h>
#include <string.h>

#include "audit.h"
#include "base/clock.h"
#include "json/fields.h"
#include "json/json.h"
#include "media.h"
#include "page.h"
#include "policy/yaml.h"
#include "policy_store.h"
#include "query.h"

#define YAML "application/yaml"

/* A policy that somebody brings. */
struct brought {
	struct call *call;
	const char *source;
	size_t source_len;
	struct policy *policy; /* NULL: it has errors */
	struct policy_findings findings;
	bool is_new;
};

struct source_body {
	const char *source;
};

static const struct json_field source_fields[] = {
	{ "source", JSON_STRING, offsetof(struct source_body, source), .mandatory = true, .max = YAML_TREE_MAX_BYTES },
	{ 0 },
};

/* The YAML text in the body, whichever way it comes. False: answered. */
static bool read_source(struct brought *brought)
{
	struct call *call = brought->call;
	const char *type = http_request_header(call->request, "content-type");
	if (type != NULL && media_is(type, YAML)) {
		brought->source = http_request_body(call->request, &brought->source_len);
		return true;
	}
	struct err err;
	if (type != NULL && !media_is(type, "application/json")) {
		err_set(&err, ERR_MEDIA_TYPE, "the body has to be " YAML " or application/json, not %.80s", type);
		call_fail(call, &err);
		return false;
	}
	struct source_body body = { 0 };
	struct json_object *json = call_body(call);
	if (json == NULL)
		return false;
	if (!json_read(json, source_fields, "", call->arena, &body, &err)) {
		call_fail(call, &err);
		return false;
	}
	brought->source = body.source;
	brought->source_len = strlen(body.source);
	return true;
}

static void release_policy(void *policy)
{
	policy_destroy(policy);
}

/* Reads the body and the policy in it; err: why it is none. NULL: answered. */
static struct brought *read_policy(struct call *call, struct err *err)
{
	if (!call_authorise(call, TOKEN_POLICY, NULL, NULL))
		return NULL;
	struct brought *brought = arena_alloc(call->arena, sizeof(*brought));
	brought->call = call;
	if (!read_source(brought))
		return NULL;
	if (policy_parse(brought->source, brought->source_len, &brought->policy, call->arena, &brought->findings, err))
		arena_defer(call->arena, release_policy, brought->policy);
	else
		brought->policy = NULL;
	return brought;
}

/* {"digest", "name", "version", "findings"}; what is not known is null. */
static struct json_object *describe(const struct brought *brought)
{
	const struct policy *policy = brought->policy;
	struct json_object *answer = json_object_new_object();
	json_add_string(answer, "digest", policy != NULL ? policy->digest : NULL);
	json_add_string(answer, "name", policy != NULL ? policy->name : NULL);
	json_add_string(answer, "version", policy != NULL ? policy->version : NULL);
	json_add(answer, "findings", policy_findings_json(&brought->findings));
	return answer;
}

void policies_validate(struct call *call)
{
	struct err err;
	const struct brought *brought = read_policy(call, &err);
	if (brought == NULL)
		return;
	owned(json) struct json_object *answer = describe(brought);
	json_add_bool(answer, "valid", brought->policy != NULL);
	http_respond_json(call->request, 200, answer);
}

/* 422: the body is a text, but the text is no policy. All that is wrong goes with it. */
static void refuse(const struct brought *brought, const struct err *first)
{
	struct err err;
	err_set(&err, ERR_UNPROCESSABLE, "the policy has %zu %s; the first at %s: %s", brought->findings.errors,
		brought->findings.errors == 1 ? "error" : "errors", first->where, first->text);
	owned(json) struct json_object *extension = json_object_new_object();
	json_add(extension, "findings", policy_findings_json(&brought->findings));
	http_problem_with(brought->call->request, &err, extension);
}

static void on_stored_row(const struct pg_result *row, void *arg)
{
	struct brought *brought = arg;
	brought->is_new = pg_bool(row, 0, 0);
}

static void on_stored(bool ok, const struct err *err, void *arg)
{
	struct brought *brought = arg;
	struct call *call = brought->call;
	if (!call_succeeded(call, ok, err))
		return;
	owned(json) struct json_object *answer = describe(brought);
	http_response_header(call->request, "Location",
		arena_printf(call->arena, "/releasepassport/v1/policies/%s", brought->policy->digest));
	http_respond_json(call->request, brought->is_new ? 201 : 200, answer);
}

void policies_put(struct call *call)
{
	struct err err;
	struct brought *brought = read_policy(call, &err);
	if (brought == NULL)
		return;
	if (brought->policy == NULL) {
		refuse(brought, &err);
		return;
	}
	owned(json) struct json_object *event = json_object_new_object();
	json_add_string(event, "digest", brought->policy->digest);
	json_add_string(event, "name", brought->policy->name);
	json_add_string(event, "version", brought->policy->version);
	json_add_string(event, "tokenId", call->identity->token_id);
	store_policy(svc_pg(call->gateway->svc), call->identity->workspace, brought->policy, brought->source,
		brought->source_len, call->identity->subject, audit_body(event, call->arena), on_stored_row, on_stored,
		brought);
}

/* --- reading --- */

struct policies_read {
	struct call *call;
	struct page page;
	struct json_object *answer; /* NULL: there is none */
	struct buf text;            /* of one policy */
	bool wants_source;
	bool found;
};

static void read_finish(void *arg)
{
	struct policies_read *read = arg;
	json_object_put(read->answer);
	buf_finish(&read->text);
}

/* Whoever reads or writes policies may see them: policies belong to no service. NULL: answered. */
static struct policies_read *read_begin(struct call *call)
{
	if (!token_allows(call->identity, TOKEN_POLICY, NULL, NULL, NULL) &&
		!call_authorise(call, TOKEN_READ, NULL, NULL))
		return NULL;
	struct policies_read *read = arena_alloc(call->arena, sizeof(*read));
	read->call = call;
	arena_defer(call->arena, read_finish, read);
	return read;
}

static void on_list_rows(const struct pg_result *rows, void *arg)
{
	struct policies_read *read = arg;
	const int count = page_rows(&read->page, pg_rows(rows));
	char time[CLOCK_RFC3339_SIZE] = "";
	struct json_object *list = json_object_new_array();
	for (int i = 0; i < count; i++) {
		struct json_object *item = json_object_new_object();
		json_add_string(item, "digest", pg_text(rows, i, 0));
		json_add_string(item, "name", pg_text(rows, i, 1));
		json_add_string(item, "version", pg_text(rows, i, 2));
		json_add_time(item, "createdAt", pg_time_us(rows, i, 3));
		json_add_string(item, "createdBy", pg_text(rows, i, 4));
		json_object_array_add(list, item);
	}
	read->answer = json_object_new_object();
	json_add(read->answer, "policies", list);
	const char *last[2] = { time, "" };
	if (count > 0) {
		clock_format(pg_time_us(rows, count - 1, 3), time);
		last[1] = pg_text(rows, count - 1, 0);
	}
	page_next(read->answer, &read->page, pg_rows(rows), last);
}

static void on_list(bool ok, const struct err *err, void *arg)
{
	struct policies_read *read = arg;
	if (call_succeeded(read->call, ok, err))
		http_respond_json(read->call->request, 200, read->answer);
}

const char *const policies_list_query[] = { "name", PAGE_PARAMETERS, NULL };

void policies_list(struct call *call)
{
	struct err err;
	struct policies_read *read = read_begin(call);
	if (read == NULL)
		return;
	const char *name = NULL;
	if (!query_text(call->request, "name", JSON_PATTERN_NAME, &name, &err) ||
		!page_read(call->request, PAGE_BY_TIME, &read->page, &err)) {
		call_fail(call, &err);
		return;
	}
	store_policies(
		svc_pg(call->gateway->svc), call->identity->workspace, name, &read->page, on_list_rows, on_list, read);
}

static void on_policy_row(const struct pg_result *row, void *arg)
{
	struct policies_read *read = arg;
	read->found = pg_rows(row) > 0;
	if (read->found)
		pg_bytes(row, 0, read->wants_source ? 1 : 0, &read->text);
}

static void on_policy(bool ok, const struct err *failure, void *arg)
{
	struct policies_read *read = arg;
	struct call *call = read->call;
	if (!call_succeeded(call, ok, failure))
		return;
	if (!read->found) {
		struct err err;
		err_set_at(&err, ERR_NOT_FOUND, "digest", "no policy has this digest");
		call_fail(call, &err);
		return;
	}
	media_respond_immutable(call, read->wants_source ? YAML : "application/json", read->text.data, read->text.len);
}

void policies_get(struct call *call)
{
	struct err err;
	struct policies_read *read = read_begin(call);
	if (read == NULL)
		return;
	const char *digest = http_request_param(call->request, "digest");
	if (!json_pattern_check(digest, JSON_PATTERN_DIGEST, "digest", &err)) {
		call_fail(call, &err);
		return;
	}
	read->wants_source = media_wanted(http_request_header(call->request, "accept"), YAML, "application/json");
	http_response_header(call->request, "Vary", "Accept");
	store_policy_by_digest(
		svc_pg(call->gateway->svc), call->identity->workspace, digest, on_policy_row, on_policy, read);
}
