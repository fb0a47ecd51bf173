/* `releasepassport token`: who may call. */
#include <string.h>

#include "auth/token.h"
#include "base/clock.h"
#include "cli.h"
#include "json/json.h"
#include "passport/member.h"
#include "spec.h"

#define LIST_MAX 100000

/* --- create --- */

struct create_options {
	int kind;
	const char *subject;
	struct arg_list scopes;
	const char *expires;
};

static const struct arg_option create_options[] = {
	{ "kind", "KIND", "person or pipeline", ARG_ENUM, offsetof(struct create_options, kind), .mandatory = true,
		.names = token_kind_words },
	{ "subject", "TEXT", "who it is, for ever: passports and audit events name it", ARG_TEXT,
		offsetof(struct create_options, subject), .mandatory = true },
	{ "scope", "SCOPE[@SERVICES[/ENVIRONMENTS]]",
		"gate, ingest, ingest:<type>, read, policy, approve, waive, freeze, breakglass, audit or admin; lists "
		"are "
		"separated by commas, what is not given is all; may be given more than once",
		ARG_LIST, offsetof(struct create_options, scopes) },
	{ "expires", "TIME", "when it ends: a time, or a duration from now as 90d; without it, when it is revoked",
		ARG_TEXT, offsetof(struct create_options, expires) },
	{ 0 },
};

static bool add_expiry(struct json_object *body, const char *text, struct err *err)
{
	int64_t time_us, duration_ms;
	if (clock_parse_duration(text, strlen(text), &duration_ms, NULL) && duration_ms > 0 &&
		duration_ms < INT64_C(100) * 365 * 86400 * 1000)
		time_us = clock_now_us() + duration_ms * CLOCK_US_PER_MS;
	else if (!clock_parse(text, strlen(text), &time_us, NULL))
		return err_set_at(err, ERR_USAGE, "--expires",
			"has to be a time as 2026-05-17T10:12:00Z, or a duration as 90d, not %s", text);
	json_add_time(body, "expiresAt", time_us);
	return true;
}

static bool build(const struct create_options *options, struct json_object *body, struct err *err)
{
	struct json_object *scopes = json_object_new_array();
	json_add_string(body, "kind", token_kind_words[options->kind]);
	json_add_string(body, "subject", options->subject);
	json_add(body, "scopes", scopes);
	if (options->scopes.count == 0)
		return err_set_at(err, ERR_USAGE, "--scope", "is needed");
	for (size_t i = 0; i < options->scopes.count; i++) {
		struct json_object *scope;
		if (!scope_spec_parse(options->scopes.items[i], &scope, err))
			return false;
		json_object_array_add(scopes, scope);
	}
	return options->expires == NULL || add_expiry(body, options->expires, err);
}

static bool run_create(struct cli *cli, const void *arg, struct err *err)
{
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *body = json_object_new_object(), *answer = NULL;
	if (!build(arg, body, err) || !api_create(&cli->api, false, &api, err) ||
		!api_json(api, "POST", "/tokens", body, &answer, err))
		return false;
	output_object(&cli->output, answer);
	output_line(&cli->output, STYLE_PLAIN, "%s", member_text(answer, "token"));
	output_note(&cli->output, "%s is shown this once; its id is %s", member_text(answer, "subject"),
		member_text(answer, "tokenId"));
	return true;
}

/* --- list, revoke --- */

static const char *state_of(const struct json_object *token)
{
	if (member_text(token, "revokedAt") != NULL)
		return "revoked";
	int64_t expires_at_us;
	return member_time(token, "expiresAt", &expires_at_us) && expires_at_us <= clock_now_us() ? "expired" : "valid";
}

static void append_scopes(const struct json_object *scopes, struct buf *out)
{
	for (size_t i = 0; scopes != NULL && i < json_object_array_length(scopes); i++) {
		const char *scope = member_text(json_object_array_get_idx(scopes, i), "scope");
		buf_printf(out, "%s%s", i > 0 ? "," : "", scope != NULL ? scope : "");
	}
}

static bool run_list(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *answer = json_object_new_object();
	struct json_object *items = NULL;
	if (!api_create(&cli->api, false, &api, err) || !api_list(api, "/tokens", "tokens", LIST_MAX, &items, err))
		return false;
	json_add(answer, "tokens", items);
	output_object(&cli->output, answer);
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		const struct json_object *token = json_object_array_get_idx(items, i);
		owned_buf struct buf scopes = { 0 };
		append_scopes(member_array(token, "scopes"), &scopes);
		output_line(&cli->output, STYLE_PLAIN, "%s  %-7s  %-8s  %s  %s", member_text(token, "tokenId"),
			state_of(token), member_text(token, "kind"), member_text(token, "subject"), buf_str(&scopes));
	}
	return true;
}

static bool run_revoke(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *answer = NULL, *result = json_object_new_object();
	owned_buf struct buf path = { 0 };
	buf_append_str(&path, "/tokens/");
	api_escape(cli->operands.items[0], &path);
	if (!api_create(&cli->api, false, &api, err) || !api_json(api, "DELETE", buf_str(&path), NULL, &answer, err))
		return false;
	json_add_string(result, "revoked", cli->operands.items[0]);
	output_object(&cli->output, result);
	output_line(&cli->output, STYLE_PLAIN, "revoked %s", cli->operands.items[0]);
	return true;
}

const struct command token_commands[] = {
	{ "token create", "", "Make a token and print it, this once", NULL, 0, 0, COMMAND_NEEDS_API, create_options,
		sizeof(struct create_options), run_create },
	{ "token list", "", "List the tokens, the newest first", NULL, 0, 0, COMMAND_NEEDS_API, NULL, 0, run_list },
	{ "token revoke", "ID", "End a token", "Every gateway refuses it within five seconds.", 1, 1, COMMAND_NEEDS_API,
		NULL, 0, run_revoke },
	{ 0 },
};
