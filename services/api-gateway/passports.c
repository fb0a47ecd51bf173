#include "passports.h"

#include <json-c/json_object.h>
#include <string.h>

#include "base/clock.h"
#include "decision.h"
#include "json/json.h"
#include "narrow.h"
#include "page.h"
#include "passport/bundle.h"
#include "passport/dsse.h"
#include "passport/markdown.h"
#include "passport_store.h"
#include "policy/names.h"
#include "media.h"
#include "query.h"

/* --- one passport --- */

struct passport_call;

/* Makes the body of one form of what is recorded. */
typedef bool form_fn(struct passport_call *p, struct buf *out, struct err *err);

struct passport_call {
	struct call *call;
	form_fn *form;
	const char *media_type;
	bool found;
	const char *evaluation_id, *key_id;
	struct buf envelope, event;
};

static void passport_call_finish(void *arg)
{
	struct passport_call *p = arg;
	buf_finish(&p->envelope);
	buf_finish(&p->event);
}

static void on_passport_row(const struct pg_result *row, void *arg)
{
	struct passport_call *p = arg;
	p->found = pg_rows(row) > 0;
	if (!p->found)
		return;
	p->evaluation_id = arena_strdup(p->call->arena, pg_text(row, 0, 0));
	p->key_id = arena_strdup(p->call->arena, pg_text(row, 0, 1));
	pg_bytes(row, 0, 2, &p->envelope);
	pg_bytes(row, 0, 3, &p->event);
}

static void on_passport(bool ok, const struct err *failure, void *arg)
{
	struct passport_call *p = arg;
	owned_buf struct buf body = { 0 };
	struct err err;
	if (!call_succeeded(p->call, ok, failure))
		return;
	if (!p->found) {
		err_set_at(&err, ERR_NOT_FOUND, "id", "no passport has this id");
		call_fail(p->call, &err);
	} else if (!p->form(p, &body, &err)) {
		call_fail(p->call, &err);
	} else {
		media_respond_immutable(p->call, p->media_type, body.data, body.len);
	}
}

static void answer_form(struct call *call, form_fn *form, const char *media_type)
{
	if (!call_authorise(call, TOKEN_READ, NULL, NULL))
		return;
	struct passport_call *p = arena_alloc(call->arena, sizeof(*p));
	p->call = call;
	p->form = form;
	p->media_type = media_type;
	arena_defer(call->arena, passport_call_finish, p);
	store_passport(svc_pg(call->gateway->svc), call->identity->workspace,
		narrow_grants(call->identity, TOKEN_READ, call->arena), http_request_param(call->request, "id"),
		on_passport_row, on_passport, p);
}

static bool read_decision(struct passport_call *p, struct decision *decision, struct err *err)
{
	return decision_read(
		p->call->gateway->keys, buf_str(&p->event), p->event.len, p->evaluation_id, NULL, decision, err);
}

static bool form_json(struct passport_call *p, struct buf *out, struct err *err)
{
	owned_decision struct decision decision = { 0 };
	if (!read_decision(p, &decision, err))
		return false;
	json_add(decision.answer, "statement", json_object_get(decision.statement));
	json_text(decision.answer, false, out);
	return true;
}

static bool form_dsse(struct passport_call *p, struct buf *out, struct err *err)
{
	(void)err;
	buf_append(out, buf_str(&p->envelope), p->envelope.len);
	return true;
}

static bool form_sigstore(struct passport_call *p, struct buf *out, struct err *err)
{
	const struct keyset_key *key = keyset_find(p->call->gateway->keys, p->key_id);
	if (key == NULL)
		return err_set(err, ERR_INTERNAL, "the passport's key %s is not in the key set", p->key_id);
	if (bundle_build(buf_str(&p->envelope), p->envelope.len, key->key, out, err))
		return true;
	err->kind = ERR_INTERNAL; /* it is our own record */
	return err_add(err, "the recorded envelope");
}

static bool form_markdown(struct passport_call *p, struct buf *out, struct err *err)
{
	owned_decision struct decision decision = { 0 };
	if (!read_decision(p, &decision, err))
		return false;
	markdown_from_statement(decision.statement, out);
	return true;
}

void passports_get(struct call *call)
{
	answer_form(call, form_json, "application/json");
}

void passports_get_dsse(struct call *call)
{
	answer_form(call, form_dsse, DSSE_MEDIA_TYPE);
}

void passports_get_sigstore(struct call *call)
{
	answer_form(call, form_sigstore, BUNDLE_MEDIA_TYPE);
}

void passports_get_markdown(struct call *call)
{
	answer_form(call, form_markdown, "text/markdown; charset=utf-8");
}

/* --- the list --- */

struct passports_call {
	struct call *call;
	struct page page;
	struct json_object *answer;
};

static void passports_call_finish(void *arg)
{
	struct passports_call *p = arg;
	json_object_put(p->answer);
}

/* NULL is null, and so is the empty text that stands for none. */
static void add_text(struct json_object *object, const char *name, const struct pg_result *rows, int row, int column)
{
	const char *text = pg_text(rows, row, column);
	json_add_string(object, name, text[0] != '\0' ? text : NULL);
}

static struct json_object *release_json(const struct pg_result *rows, int row)
{
	struct json_object *release = json_object_new_object();
	add_text(release, "service", rows, row, PASSPORT_SERVICE);
	add_text(release, "environment", rows, row, PASSPORT_ENVIRONMENT);
	add_text(release, "namespace", rows, row, PASSPORT_NAMESPACE);
	add_text(release, "releaseId", rows, row, PASSPORT_RELEASE_ID);
	add_text(release, "version", rows, row, PASSPORT_VERSION);
	add_text(release, "sourceSha", rows, row, PASSPORT_SOURCE_SHA);
	add_text(release, "artifact", rows, row, PASSPORT_ARTIFACT_DIGEST);
	return release;
}

static struct json_object *policy_json(const struct pg_result *rows, int row)
{
	struct json_object *policy = json_object_new_object();
	add_text(policy, "name", rows, row, PASSPORT_POLICY_NAME);
	add_text(policy, "version", rows, row, PASSPORT_POLICY_VERSION);
	json_add_string(policy, "sha256", pg_text(rows, row, PASSPORT_POLICY_DIGEST) + strlen("sha256:"));
	return policy;
}

static struct json_object *summary_json(const struct pg_result *rows, int row)
{
	struct json_object *summary = json_object_new_object();
	add_text(summary, "passportId", rows, row, PASSPORT_ID);
	add_text(summary, "evaluationId", rows, row, PASSPORT_EVALUATION_ID);
	add_text(summary, "decision", rows, row, PASSPORT_DECISION);
	add_text(summary, "mode", rows, row, PASSPORT_MODE);
	json_add_bool(summary, "enforced", pg_bool(rows, row, PASSPORT_ENFORCED));
	json_add_int(summary, "confidence", pg_int(rows, row, PASSPORT_CONFIDENCE));
	json_add(summary, "release", release_json(rows, row));
	json_add(summary, "policy", policy_json(rows, row));
	add_text(summary, "actor", rows, row, PASSPORT_ACTOR);
	json_add_time(summary, "decidedAt", pg_time_us(rows, row, PASSPORT_DECIDED_AT));
	json_add_time(summary, "validUntil", pg_time_us(rows, row, PASSPORT_VALID_UNTIL));
	return summary;
}

static void on_list_rows(const struct pg_result *rows, void *arg)
{
	struct passports_call *p = arg;
	const int count = page_rows(&p->page, pg_rows(rows));
	char time[CLOCK_RFC3339_SIZE] = "";
	const char *last[2] = { time, "" };
	struct json_object *list = json_object_new_array();
	for (int i = 0; i < count; i++) {
		json_object_array_add(list, summary_json(rows, i));
		clock_format(pg_time_us(rows, i, PASSPORT_DECIDED_AT), time);
		last[1] = pg_text(rows, i, PASSPORT_ID);
	}
	p->answer = json_object_new_object();
	json_add(p->answer, "passports", list);
	page_next(p->answer, &p->page, pg_rows(rows), last);
}

static void on_list(bool ok, const struct err *err, void *arg)
{
	struct passports_call *p = arg;
	if (call_succeeded(p->call, ok, err))
		http_respond_json(p->call->request, 200, p->answer);
}

const char *const passports_list_query[] = { "service", "environment", "decision", "artifact", "sourceSha", "from",
	"to", PAGE_PARAMETERS, NULL };

static bool read_filter(
	struct http_request *request, struct passport_filter *filter, struct page *page, struct err *err)
{
	return query_text(request, "service", JSON_PATTERN_NAME, &filter->service, err) &&
	       query_text(request, "environment", JSON_PATTERN_NAME, &filter->environment, err) &&
	       query_word(request, "decision", decision_words, &filter->decision, err) &&
	       query_text(request, "artifact", JSON_PATTERN_DIGEST, &filter->artifact_digest, err) &&
	       query_text(request, "sourceSha", JSON_PATTERN_GIT_SHA, &filter->source_sha, err) &&
	       query_time(request, "from", &filter->from_us, err) && query_time(request, "to", &filter->to_us, err) &&
	       page_read(request, PAGE_BY_TIME, page, err);
}

void passports_list(struct call *call)
{
	struct err err;
	struct passport_filter filter = { 0 };
	struct passports_call *p = arena_alloc(call->arena, sizeof(*p));
	p->call = call;
	if (!call_authorise(call, TOKEN_READ, NULL, NULL))
		return;
	if (!read_filter(call->request, &filter, &p->page, &err)) {
		call_fail(call, &err);
		return;
	}
	arena_defer(call->arena, passports_call_finish, p);
	store_passports(svc_pg(call->gateway->svc), call->identity->workspace,
		narrow_grants(call->identity, TOKEN_READ, call->arena), &filter, &p->page, on_list_rows, on_list, p);
}
