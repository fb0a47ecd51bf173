/* Errors as RFC 9457's problem+json. */
#include <assert.h>
#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <string.h>

#include "base/utf8.h"
#include "http/connection.h"

#define TYPE_PREFIX "https://releasepassport.dev/problems/"

static void add_text(struct json_object *problem, const char *name, const char *text)
{
	/* The text may quote the input. */
	owned_buf struct buf clean = { 0 };
	utf8_repair(text, strlen(text), &clean);
	json_object_object_add(problem, name, json_object_new_string_len(buf_str(&clean), (int)clean.len));
}

/* Where the fault is: a pointer into the body, or the name of a parameter or header. */
static void add_place(struct json_object *problem, const struct http_request *request, const struct err *err)
{
	bool is_about_input = err->kind == ERR_INVALID || err->kind == ERR_UNPROCESSABLE;
	if (err->where[0] == '/' || (err->where[0] == '\0' && is_about_input && request->body.len > 0))
		add_text(problem, "pointer", err->where);
	else if (err->where[0] != '\0')
		add_text(problem, "parameter", err->where);
}

static void add_headers(struct http_request *request, int status)
{
	if (status == 429 || status == 503)
		http_response_header(request, "Retry-After", status == 503 ? "2" : "1");
	if (status == 401)
		http_response_header(request, "WWW-Authenticate", "Bearer");
	http_response_header(request, "Cache-Control", "no-store");
}

static void log_problem(const struct http_request *request, const struct err *err, int status)
{
	if (status >= 500 && status != 501 && status != 505)
		log_err(err->kind == ERR_INTERNAL ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, &request->log, "request failed",
			err);
}

static void add_extension(struct json_object *problem, const struct json_object *extension)
{
	json_object_object_foreach (extension, name, value) {
		assert(!json_object_object_get_ex(problem, name, NULL));
		json_object_object_add(problem, name, json_object_get(value));
	}
}

void http_problem(struct http_request *request, const struct err *err)
{
	http_problem_with(request, err, NULL);
}

void http_problem_with(struct http_request *request, const struct err *err, const struct json_object *extension)
{
	const struct err_info *info = err_info(err->kind);
	log_problem(request, err, info->http_status);
	struct json_object *problem = json_object_new_object();
	const char *type = arena_printf(request->arena, TYPE_PREFIX "%s", info->name);
	add_text(problem, "type", type);
	add_text(problem, "title", info->title);
	json_object_object_add(problem, "status", json_object_new_int(info->http_status));
	if (err->kind != ERR_INTERNAL) {
		add_text(problem, "detail", err->text);
		add_place(problem, request, err);
	} else {
		add_text(problem, "detail", "the service's log has the cause, under this trace id");
	}
	add_text(problem, "traceId", request->trace.id);
	if (extension != NULL)
		add_extension(problem, extension);
	add_headers(request, info->http_status);
	size_t len;
	const char *text = json_object_to_json_string_length(
		problem, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	http_respond(request, info->http_status, "application/problem+json", text, len);
	json_object_put(problem);
}

void http_problem_allow(struct http_request *request, const char *allow)
{
	http_response_header(request, "Allow", allow);
	struct err err;
	err_set(&err, ERR_METHOD, "%s is not among: %s", request->head.method, allow);
	http_problem(request, &err);
}
