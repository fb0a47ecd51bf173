#include "api.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/token.h"
#include "base/file.h"
#include "json/json.h"
#include "passport/member.h"

#define BODY_MAX_BYTES (16 * 1024 * 1024)
#define CONNECT_TIMEOUT_MS 10000L
#define CALL_TIMEOUT_MS 30000
#define TOKEN_FILE_MAX_BYTES 4096
#define PAGE_ITEMS 200
#define PROBLEM_PREFIX "https://releasepassport.dev/problems/"

const struct arg_option api_options[] = {
	{ "api-url", "URL", "the service, as https://gate.example", ARG_TEXT, offsetof(struct api_options, url),
		.mandatory = true },
	{ NULL, NULL, "the token", ARG_TEXT, offsetof(struct api_options, token),
		.variables = "RELEASEPASSPORT_TOKEN" },
	{ "token-file", "FILE", "file that holds the token, in place of RELEASEPASSPORT_TOKEN", ARG_TEXT,
		offsetof(struct api_options, token_file) },
	{ "ca-file", "FILE", "certificates that the service's is checked against, PEM; by default the system's",
		ARG_TEXT, offsetof(struct api_options, ca_file) },
	{ 0 },
};

struct api {
	CURL *curl;
	char *url;
	struct buf authorization; /* the whole header */
	int64_t retry_after_ms;
	bool hopeless;
};

/* What one transfer gathers. */
struct transfer {
	struct buf body;
	char *location;
	int64_t retry_after_ms;
	bool too_large;
};

void api_response_finish(struct api_response *response)
{
	buf_finish(&response->body);
	free(response->location);
	response->location = NULL;
}

/* --- setting up --- */

static bool set_token(struct api *api, const char *token, const char *where, struct err *err)
{
	if (!token_well_formed(token))
		return err_set_at(err, ERR_UNAUTHENTICATED, where, "this is no token");
	buf_printf(&api->authorization, "Authorization: Bearer %s", token);
	return true;
}

static bool read_token(struct api *api, const struct api_options *options, bool is_public, struct err *err)
{
	if (options->token_file == NULL && options->token == NULL)
		return is_public ||
		       err_set(err, ERR_UNAUTHENTICATED, "set RELEASEPASSPORT_TOKEN, or give --token-file");
	if (options->token_file == NULL)
		return set_token(api, options->token, "RELEASEPASSPORT_TOKEN", err);
	struct buf text = { 0 };
	bool ok = file_read(options->token_file, TOKEN_FILE_MAX_BYTES, &text, err);
	if (ok) {
		while (text.len > 0 && strchr("\r\n", text.data[text.len - 1]) != NULL)
			buf_truncate(&text, text.len - 1);
		ok = set_token(api, buf_str(&text), options->token_file, err);
	}
	buf_wipe(&text);
	return ok;
}

static bool set_url(struct api *api, const char *url, struct err *err)
{
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set_at(err, ERR_USAGE, "--api-url", "has to begin with https:// or http://");
	size_t len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	const size_t prefix = strlen(API_PREFIX);
	if (len > prefix && strncmp(url + len - prefix, API_PREFIX, prefix) == 0)
		len -= prefix;
	api->url = mem_zalloc(1, len + 1);
	memcpy(api->url, url, len);
	return true;
}

static void set_curl(struct api *api, const struct api_options *options)
{
	curl_easy_setopt(api->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(api->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(api->curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(api->curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(api->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(api->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(api->curl, CURLOPT_USERAGENT, "releasepassport/" RP_VERSION);
	if (options->ca_file != NULL)
		curl_easy_setopt(api->curl, CURLOPT_CAINFO, options->ca_file);
}

bool api_create(const struct api_options *options, bool is_public, struct api **out, struct err *err)
{
	owned(api) struct api *api = mem_zalloc(1, sizeof(*api));
	if (!set_url(api, options->url, err) || !read_token(api, options, is_public, err))
		return false;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	api->curl = curl_easy_init();
	if (api->curl == NULL)
		return err_set(err, ERR_INTERNAL, "libcurl can't be set up");
	set_curl(api, options);
	*out = take(api);
	return true;
}

void api_destroy(struct api *api)
{
	if (api == NULL)
		return;
	curl_easy_cleanup(api->curl);
	buf_wipe(&api->authorization);
	free(api->url);
	free(api);
}

int64_t api_retry_after_ms(const struct api *api)
{
	return api->retry_after_ms;
}

bool api_is_hopeless(const struct api *api)
{
	return api->hopeless;
}

const char *api_url(const struct api *api)
{
	return api->url;
}

/* --- one transfer --- */

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	const size_t len = size * count;
	if (transfer->body.len + len > BODY_MAX_BYTES) {
		transfer->too_large = true;
		return 0;
	}
	buf_append(&transfer->body, data, len);
	return len;
}

/* The value of a header line if it is the header name, trimmed; the caller's, else NULL. */
static char *header_value(const char *line, size_t len, const char *name)
{
	const size_t name_len = strlen(name);
	if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
		return NULL;
	line += name_len + 1;
	len -= name_len + 1;
	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	char *value = mem_zalloc(1, len + 1);
	memcpy(value, line, len);
	return value;
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	const size_t len = size * count;
	char *value = header_value(data, len, "location");
	if (value != NULL) {
		free(transfer->location);
		transfer->location = value;
	}
	owned(mem) char *after = header_value(data, len, "retry-after");
	if (after != NULL && after[0] != '\0' && strspn(after, "0123456789") == strlen(after) && strlen(after) < 7)
		transfer->retry_after_ms = atoll(after) * 1000;
	return len;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	const struct api_request *request = arg;
	(void)down_total, (void)down, (void)up_total, (void)up;
	request->tick(request->arg);
	return 0;
}

static struct curl_slist *make_headers(const struct api *api, const struct api_request *request)
{
	owned_buf struct buf line = { 0 };
	struct curl_slist *list = NULL;
	if (api->authorization.len > 0)
		list = curl_slist_append(NULL, buf_str(&api->authorization));
	const char *const pairs[][2] = {
		{ "Accept", request->accept != NULL ? request->accept : "application/json" },
		{ "Idempotency-Key", request->idempotency_key },
		{ "Content-Type", request->content_type != NULL ? request->content_type : "application/json" },
		{ "Expect", "" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (pairs[i][1] == NULL)
			continue;
		buf_truncate(&line, 0);
		buf_printf(&line, pairs[i][1][0] != '\0' ? "%s: %s" : "%s:%s", pairs[i][0], pairs[i][1]);
		list = curl_slist_append(list, buf_str(&line));
	}
	return list;
}

static bool fail_transfer(
	struct api *api, CURLcode code, const char *detail, const struct transfer *transfer, struct err *err)
{
	const char *text = detail[0] != '\0' ? detail : curl_easy_strerror(code);
	if (transfer->too_large)
		return err_set(err, ERR_INTERNAL, "the answer of %s is too large", api->url);
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set_at(err, ERR_USAGE, "--api-url", "%s", text);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_set_at(err, ERR_FILE, "--ca-file", "%s", text);
	api->hopeless = code == CURLE_PEER_FAILED_VERIFICATION;
	return err_set(err, code == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_UNAVAILABLE, "%s: %s", api->url, text);
}

static bool perform(
	struct api *api, const struct api_request *request, struct transfer *transfer, long *status, struct err *err)
{
	char detail[CURL_ERROR_SIZE] = "";
	owned_buf struct buf url = { 0 };
	buf_printf(&url, "%s" API_PREFIX "%s", api->url, request->path);
	struct curl_slist *headers = make_headers(api, request);
	curl_easy_setopt(api->curl, CURLOPT_URL, buf_str(&url));
	curl_easy_setopt(api->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(api->curl, CURLOPT_HTTPGET, 1L);
	if (request->body != NULL || strcmp(request->method, "GET") != 0) {
		curl_easy_setopt(api->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len);
		curl_easy_setopt(api->curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
	}
	curl_easy_setopt(api->curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(
		api->curl, CURLOPT_TIMEOUT_MS, (long)(request->timeout_ms > 0 ? request->timeout_ms : CALL_TIMEOUT_MS));
	curl_easy_setopt(api->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(api->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(api->curl, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(api->curl, CURLOPT_NOPROGRESS, request->tick == NULL ? 1L : 0L);
	curl_easy_setopt(api->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(api->curl, CURLOPT_XFERINFODATA, request);
	curl_easy_setopt(api->curl, CURLOPT_ERRORBUFFER, detail);
	const CURLcode code = curl_easy_perform(api->curl);
	curl_easy_setopt(api->curl, CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return fail_transfer(api, code, detail, transfer, err);
	curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, status);
	return true;
}

/* --- what an answer means --- */

static enum err_kind kind_of_status(long status)
{
	switch (status) {
	case 400: return ERR_INVALID;
	case 401: return ERR_UNAUTHENTICATED;
	case 403: return ERR_FORBIDDEN;
	case 404: return ERR_NOT_FOUND;
	case 408: return ERR_SLOW_CLIENT;
	case 409: return ERR_CONFLICT;
	case 413: return ERR_TOO_LARGE;
	case 422: return ERR_UNPROCESSABLE;
	case 429: return ERR_RATE_LIMITED;
	case 502:
	case 503: return ERR_UNAVAILABLE;
	case 504: return ERR_TIMEOUT;
	default: return ERR_INTERNAL;
	}
}

static enum err_kind kind_of_problem(const char *type, long status)
{
	const size_t prefix = strlen(PROBLEM_PREFIX);
	if (type != NULL && strncmp(type, PROBLEM_PREFIX, prefix) == 0)
		for (int kind = ERR_NONE + 1; kind < ERR_KIND_COUNT; kind++)
			if (strcmp(err_info((enum err_kind)kind)->name, type + prefix) == 0 &&
				err_info((enum err_kind)kind)->http_status == status)
				return (enum err_kind)kind;
	return kind_of_status(status);
}

/* Each of the findings has its own line and column; the first ones fit into the text. */
static bool fail_status(const struct api *api, long status, const struct buf *body, struct err *err)
{
	owned(json) struct json_object *problem = NULL;
	if (!json_parse(buf_str(body), body->len, &problem, NULL))
		problem = NULL;
	const char *detail = member_text(problem, "detail"), *where = member_text(problem, "pointer");
	if (where == NULL)
		where = member_text(problem, "parameter");
	const enum err_kind kind = kind_of_problem(member_text(problem, "type"), status);
	if (detail == NULL)
		return err_set(err, kind, "%s answered with status %ld", api->url, status);
	if (kind == ERR_INTERNAL && member_text(problem, "traceId") != NULL)
		return err_set(err, kind, "%s: a fault, trace id %s", api->url, member_text(problem, "traceId"));
	return err_set_at(err, kind, where != NULL ? where : "", "%s", detail);
}

/* Only what leads back to the same interface is followed. */
static char *own_location(const char *location)
{
	const size_t prefix = strlen(API_PREFIX);
	if (location == NULL || strncmp(location, API_PREFIX "/", prefix + 1) != 0)
		return NULL;
	return mem_strdup(location + prefix);
}

bool api_call(struct api *api, const struct api_request *request, struct api_response *response, struct err *err)
{
	struct transfer transfer = { .retry_after_ms = -1 };
	long status = 0;
	api->hopeless = false;
	bool ok = perform(api, request, &transfer, &status, err);
	api->retry_after_ms = transfer.retry_after_ms;
	if (ok && (status < 200 || status > 299))
		ok = fail_status(api, status, &transfer.body, err);
	if (ok)
		*response = (struct api_response){ (int)status, transfer.body, own_location(transfer.location) };
	else
		buf_finish(&transfer.body);
	free(transfer.location);
	return ok;
}

static bool parse_answer(const struct api *api, const struct buf *body, struct json_object **answer, struct err *err)
{
	struct err cause;
	if (body->len == 0) {
		*answer = NULL;
		return true;
	}
	if (!json_parse(buf_str(body), body->len, answer, &cause))
		return err_set(err, ERR_INTERNAL, "%s answered with what is no JSON: %s", api->url, cause.text);
	return true;
}

bool api_json(struct api *api, const char *method, const char *path, const struct json_object *body,
	struct json_object **answer, struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned_api_response struct api_response response = { 0 };
	if (body != NULL)
		json_text(body, false, &text);
	const struct api_request request = {
		.method = method, .path = path, .body = body != NULL ? text.data : NULL, .len = text.len
	};
	return api_call(api, &request, &response, err) && parse_answer(api, &response.body, answer, err);
}

/* Moves the items of a page behind those that there are, up to limit. */
static void add_items(struct json_object *items, const struct json_object *page, int64_t limit)
{
	for (size_t i = 0; i < json_object_array_length(page) && json_object_array_length(items) < (size_t)limit; i++)
		json_object_array_add(items, json_object_get(json_object_array_get_idx(page, i)));
}

bool api_list(
	struct api *api, const char *path, const char *member, int64_t limit, struct json_object **out, struct err *err)
{
	owned(json) struct json_object *items = json_object_new_array();
	owned_buf struct buf cursor = { 0 };
	do {
		owned_buf struct buf page_path = { 0 };
		const int64_t left = limit - (int64_t)json_object_array_length(items);
		buf_printf(&page_path, "%s%climit=%d", path, strchr(path, '?') != NULL ? '&' : '?',
			left < PAGE_ITEMS ? (int)left : PAGE_ITEMS);
		if (cursor.len > 0) {
			buf_append_str(&page_path, "&cursor=");
			api_escape(buf_str(&cursor), &page_path);
		}
		owned(json) struct json_object *page = NULL;
		if (!api_json(api, "GET", buf_str(&page_path), NULL, &page, err))
			return false;
		const struct json_object *list = member_array(page, member);
		if (list == NULL)
			return err_set(err, ERR_INTERNAL, "%s answered without a list of %s", api->url, member);
		add_items(items, list, limit);
		const char *next = member_text(page, "next");
		buf_truncate(&cursor, 0);
		/* A page without items ends the list, whatever it says. */
		buf_append_str(&cursor, next != NULL && json_object_array_length(list) > 0 ? next : "");
	} while (cursor.len > 0 && json_object_array_length(items) < (size_t)limit);
	*out = take(items);
	return true;
}

void api_escape(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		const char c = *text;
		const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
				   strchr("-._~", c) != NULL;
		if (plain)
			buf_append_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}
