/* `releasepassport passport`: the records, from the service. */
#include <string.h>

#include "base/file.h"
#include "cli.h"
#include "json/json.h"
#include "passport/member.h"
#include "policy/names.h"
#include "verdict.h"

/* --- list --- */

struct list_options {
	const char *service, *environment, *artifact, *source_sha, *decision, *from, *to;
	int64_t limit;
};

#define AT(member) offsetof(struct list_options, member)

static const struct arg_option list_options[] = {
	{ "service", "NAME", "only of this service", ARG_TEXT, AT(service) },
	{ "environment", "NAME", "only of this environment", ARG_TEXT, AT(environment) },
	{ "artifact", "DIGEST", "only of this artifact", ARG_TEXT, AT(artifact) },
	{ "source-sha", "SHA", "only of this commit", ARG_TEXT, AT(source_sha) },
	{ "decision", "DECISION", "only with this decision", ARG_TEXT, AT(decision) },
	{ "from", "TIME", "decided at this time or later", ARG_TEXT, AT(from) },
	{ "to", "TIME", "decided before this time", ARG_TEXT, AT(to) },
	{ "limit", "N", "at most so many", ARG_INT, AT(limit), .default_value = "50", .min = 1, .max = 100000 },
	{ 0 },
};

static void build_path(const struct list_options *options, struct buf *path)
{
	const char *const filters[][2] = { { "service", options->service }, { "environment", options->environment },
		{ "artifact", options->artifact }, { "sourceSha", options->source_sha },
		{ "decision", options->decision }, { "from", options->from }, { "to", options->to } };
	char mark = '?';
	buf_append_str(path, "/passports");
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		if (filters[i][1] == NULL)
			continue;
		buf_printf(path, "%c%s=", mark, filters[i][0]);
		api_escape(filters[i][1], path);
		mark = '&';
	}
}

static const char *or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static bool run_list(struct cli *cli, const void *arg, struct err *err)
{
	const struct list_options *options = arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *answer = json_object_new_object();
	owned_buf struct buf path = { 0 };
	struct json_object *items = NULL;
	build_path(options, &path);
	if (!api_create(&cli->api, false, &api, err) ||
		!api_list(api, buf_str(&path), "passports", options->limit, &items, err))
		return false;
	json_add(answer, "passports", items);
	output_object(&cli->output, answer);
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		const struct json_object *item = json_object_array_get_idx(items, i);
		const struct json_object *release = member_object(item, "release");
		output_line(&cli->output, STYLE_PLAIN, "%s  %s  %-19s  %-8s  %s  %s  %s",
			member_text(item, "passportId"), member_text(item, "decidedAt"), member_text(item, "decision"),
			member_text(item, "mode"), or_dash(member_text(release, "service")),
			or_dash(member_text(release, "environment")), or_dash(member_text(release, "version")));
	}
	return true;
}

/* --- show, get --- */

static void id_path(const struct cli *cli, const char *suffix, struct buf *path)
{
	buf_append_str(path, "/passports/");
	api_escape(cli->operands.items[0], path);
	buf_append_str(path, suffix);
}

static bool run_show(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *answer = NULL;
	owned_buf struct buf path = { 0 };
	struct verdict verdict;
	id_path(cli, "", &path);
	if (!api_create(&cli->api, false, &api, err) || !api_json(api, "GET", buf_str(&path), NULL, &answer, err) ||
		!verdict_read(answer, RP__V1__DECISION__DECISION_UNKNOWN, &verdict, err))
		return false;
	output_object(&cli->output, answer);
	verdict_print(&verdict, api_url(api), &cli->output);
	return true;
}

struct get_options {
	int format;
	const char *out;
};

static const char *const formats[] = { "json", "dsse", "sigstore", "md", NULL };
static const char *const suffixes[] = { "", ".dsse", ".sigstore", ".md" };

static const struct arg_option get_options[] = {
	{ "format", "FORM", "json, dsse, sigstore or md", ARG_ENUM, offsetof(struct get_options, format),
		.default_value = "dsse", .names = formats },
	{ "out", "FILE", "where it goes, in place of standard output", ARG_TEXT, offsetof(struct get_options, out) },
	{ 0 },
};

static bool run_get(struct cli *cli, const void *arg, struct err *err)
{
	const struct get_options *options = arg;
	owned(api) struct api *api = NULL;
	owned_buf struct buf path = { 0 };
	owned_api_response struct api_response response = { 0 };
	id_path(cli, suffixes[options->format], &path);
	const struct api_request request = { .method = "GET", .path = buf_str(&path), .accept = "*/*" };
	if (!api_create(&cli->api, false, &api, err) || !api_call(api, &request, &response, err))
		return false;
	if (options->out != NULL)
		return file_write(options->out, response.body.data, response.body.len, 0644, err);
	output_raw(response.body.data, response.body.len);
	return true;
}

const struct command passport_commands[] = {
	{ "passport list", "", "List passports, the latest first", NULL, 0, 0, COMMAND_NEEDS_API, list_options,
		sizeof(struct list_options), run_list },
	{ "passport show", "ID", "Show what a passport says",
		"What it shows is the service's word: `verify` proves it.", 1, 1, COMMAND_NEEDS_API, NULL, 0,
		run_show },
	{ "passport get", "ID", "Fetch a passport in one of its forms, byte for byte", NULL, 1, 1, COMMAND_NEEDS_API,
		get_options, sizeof(struct get_options), run_get },
	{ 0 },
};
