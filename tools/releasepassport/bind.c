/* `releasepassport bind`: which policy gates a service in an environment, and how. */
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "json/json.h"
#include "passport/member.h"
#include "policy/names.h"
#include "policy_file.h"

struct bind_options {
	const char *policy;
	int mode;
	int threshold;
	const char *deadline;
	const char *namespace;
	struct arg_list connectors;
};

#define AT(member) offsetof(struct bind_options, member)

static const struct arg_option bind_options[] = {
	{ "policy", "POLICY",
		"its digest, its name or name@version (then the newest), or a file, which is pushed first", ARG_TEXT,
		AT(policy), .mandatory = true },
	{ "mode", "MODE", "shadow, advisory or enforce", ARG_ENUM, AT(mode), .mandatory = true, .names = mode_words },
	{ "threshold", "DECISION", "from which decision on enforce stops the pipeline; by default REQUIRE_APPROVAL",
		ARG_ENUM, AT(threshold), .names = decision_words },
	{ "deadline", "DURATION", "how long evidence may be collected, 1s to 60s", ARG_TEXT, AT(deadline) },
	{ "namespace", "NAME", "namespace of the service there", ARG_TEXT, AT(namespace) },
	{ "connector", "NAME",
		"a connector that may be asked, by default those that the policy names; may be given more "
		"than once",
		ARG_LIST, AT(connectors) },
	{ 0 },
};

static bool is_file(const char *text)
{
	return strchr(text, '/') != NULL || access(text, R_OK) == 0;
}

/* How the body names the policy: by digest, or by name and version. */
static bool name_policy(struct cli *cli, struct api *api, const char *text, struct json_object *body, struct err *err)
{
	if (strncmp(text, "sha256:", strlen("sha256:")) == 0) {
		json_add_string(body, "policy", text);
		return true;
	}
	if (is_file(text)) {
		owned(json) struct json_object *stored = NULL;
		if (!policy_file_push(cli, api, text, &stored, err))
			return false;
		json_add_string(body, "policy", member_text(stored, "digest"));
		return true;
	}
	const char *at = strchr(text, '@');
	struct json_object *policy = json_object_new_object();
	json_add_string(policy, "name", at != NULL ? arena_strndup(cli->arena, text, (size_t)(at - text)) : text);
	if (at != NULL)
		json_add_string(policy, "version", at + 1);
	json_add(body, "policy", policy);
	return true;
}

static void add_rest(const struct bind_options *options, struct json_object *body)
{
	json_add_string(body, "mode", mode_words[options->mode]);
	if (options->threshold >= 0)
		json_add_string(body, "threshold", decision_words[options->threshold]);
	if (options->deadline != NULL)
		json_add_string(body, "deadline", options->deadline);
	if (options->namespace != NULL)
		json_add_string(body, "namespace", options->namespace);
	if (options->connectors.count > 0)
		json_add(body, "connectors", json_strings_create(options->connectors.items, options->connectors.count));
}

static bool run_bind(struct cli *cli, const void *arg, struct err *err)
{
	const struct bind_options *options = arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *body = json_object_new_object(), *answer = NULL;
	owned_buf struct buf path = { 0 };
	if (!api_create(&cli->api, false, &api, err) || !name_policy(cli, api, options->policy, body, err))
		return false;
	add_rest(options, body);
	buf_append_str(&path, "/services/");
	api_escape(cli->operands.items[0], &path);
	buf_append_str(&path, "/environments/");
	api_escape(cli->operands.items[1], &path);
	if (!api_json(api, "PUT", buf_str(&path), body, &answer, err))
		return false;
	const struct json_object *policy = member_object(answer, "policy");
	output_object(&cli->output, answer);
	output_line(&cli->output, STYLE_PLAIN, "%s, %s: policy %s %s, mode %s, threshold %s",
		member_text(answer, "service"), member_text(answer, "environment"), member_text(policy, "name"),
		member_text(policy, "version"), member_text(answer, "mode"), member_text(answer, "threshold"));
	return true;
}

const struct command bind_commands[] = {
	{ "bind", "SERVICE ENVIRONMENT", "Bind a policy to a service in an environment",
		"Replaces what was bound before.", 2, 2, COMMAND_NEEDS_API, bind_options, sizeof(struct bind_options),
		run_bind },
	{ 0 },
};
