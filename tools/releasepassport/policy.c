/* `releasepassport policy`: validate here, push, list and show on the service. */
#include <string.h>

#include "cli.h"
#include "findings.h"
#include "json/json.h"
#include "passport/member.h"
#include "policy/policy.h"
#include "policy_file.h"

/* --- validate --- */

static struct json_object *validation_json(const struct policy *policy, struct json_object *findings)
{
	struct json_object *object = json_object_new_object();
	json_add_bool(object, "valid", policy != NULL);
	json_add_string(object, "digest", policy != NULL ? policy->digest : NULL);
	json_add_string(object, "name", policy != NULL ? policy->name : NULL);
	json_add_string(object, "version", policy != NULL ? policy->version : NULL);
	json_add(object, "findings", json_object_get(findings));
	return object;
}

static bool run_validate(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	const char *path = cli->operands.items[0];
	owned(policy) struct policy *policy = NULL;
	owned(json) struct json_object *findings = NULL;
	owned_buf struct buf text = { 0 };
	const bool ok = policy_file_parse(cli, path, &text, &policy, &findings, err);
	if (findings == NULL)
		return false;
	owned(json) struct json_object *answer = validation_json(policy, findings);
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		const struct json_object *finding = json_object_array_get_idx(findings, i);
		output_line(&cli->output, STYLE_WARN, "%s", finding_line(path, finding, cli->arena));
	}
	if (ok)
		output_line(
			&cli->output, STYLE_GOOD, "%s %s is valid: %s", policy->name, policy->version, policy->digest);
	output_object(&cli->output, answer);
	cli->has_answered = true;
	return ok;
}

/* --- push --- */

static bool run_push(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *stored = NULL;
	if (!api_create(&cli->api, false, &api, err) ||
		!policy_file_push(cli, api, cli->operands.items[0], &stored, err))
		return false;
	output_object(&cli->output, stored);
	output_line(&cli->output, STYLE_PLAIN, "%s", member_text(stored, "digest"));
	return true;
}

/* --- list, show --- */

struct list_options {
	const char *name;
	int64_t limit;
};

static const struct arg_option list_options[] = {
	{ "name", "NAME", "only those of this name", ARG_TEXT, offsetof(struct list_options, name) },
	{ "limit", "N", "at most so many", ARG_INT, offsetof(struct list_options, limit), .default_value = "50",
		.min = 1, .max = 100000 },
	{ 0 },
};

static bool run_list(struct cli *cli, const void *arg, struct err *err)
{
	const struct list_options *options = arg;
	owned(api) struct api *api = NULL;
	owned_buf struct buf path = { 0 };
	owned(json) struct json_object *answer = json_object_new_object();
	struct json_object *items = NULL;
	buf_append_str(&path, "/policies");
	if (options->name != NULL) {
		buf_append_str(&path, "?name=");
		api_escape(options->name, &path);
	}
	if (!api_create(&cli->api, false, &api, err) ||
		!api_list(api, buf_str(&path), "policies", options->limit, &items, err))
		return false;
	json_add(answer, "policies", items);
	output_object(&cli->output, answer);
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		const struct json_object *item = json_object_array_get_idx(items, i);
		output_line(&cli->output, STYLE_PLAIN, "%s  %s  %s %s", member_text(item, "digest"),
			member_text(item, "createdAt"), member_text(item, "name"), member_text(item, "version"));
	}
	return true;
}

struct show_options {
	int format;
};

static const char *const show_formats[] = { "yaml", "json", NULL };

static const struct arg_option show_options[] = {
	{ "format", "FORM", "yaml (as it was pushed) or json (its canonical form, which the digest is of)", ARG_ENUM,
		offsetof(struct show_options, format), .default_value = "yaml", .names = show_formats },
	{ 0 },
};

static bool run_show(struct cli *cli, const void *arg, struct err *err)
{
	const struct show_options *options = arg;
	const bool json = options->format == 1 || cli->output.form == OUTPUT_JSON;
	owned(api) struct api *api = NULL;
	owned_buf struct buf path = { 0 };
	owned_api_response struct api_response response = { 0 };
	buf_append_str(&path, "/policies/");
	api_escape(cli->operands.items[0], &path);
	const struct api_request request = {
		.method = "GET", .path = buf_str(&path), .accept = json ? "application/json" : "application/yaml"
	};
	if (!api_create(&cli->api, false, &api, err) || !api_call(api, &request, &response, err))
		return false;
	output_raw(response.body.data, response.body.len);
	return true;
}

const struct command policy_commands[] = {
	{ "policy validate", "FILE", "Say what is wrong with a policy, without a service", NULL, 1, 1, 0, NULL, 0,
		run_validate },
	{ "policy push", "FILE", "Store a policy and print its digest", NULL, 1, 1, COMMAND_NEEDS_API, NULL, 0,
		run_push },
	{ "policy list", "", "List the policies, the newest first", NULL, 0, 0, COMMAND_NEEDS_API, list_options,
		sizeof(struct list_options), run_list },
	{ "policy show", "DIGEST", "Print a policy", NULL, 1, 1, COMMAND_NEEDS_API, show_options,
		sizeof(struct show_options), run_show },
	{ 0 },
};
