/* `releasepassport ingest`: post evidence. */
#include "base/file.h"
#include "base/id.h"
#include "cli.h"
#include "json/json.h"
#include "passport/member.h"
#include "retry.h"

#define BODY_MAX_BYTES (1024 * 1024)

struct ingest_options {
	const char *service, *environment;
	const char *artifact, *source_sha;
	const char *type, *status, *summary;
	const char *data;
	int64_t observed_at_us;
	const char *file;
	const char *idempotency_key;
	int64_t timeout_ms;
};

#define AT(member) offsetof(struct ingest_options, member)

static const struct arg_option ingest_options[] = {
	{ "service", "NAME", "what the evidence speaks of", ARG_TEXT, AT(service) },
	{ "environment", "NAME", "where", ARG_TEXT, AT(environment) },
	{ "artifact", "DIGEST", "the release that it speaks of; without this and --source-sha it speaks of the service",
		ARG_TEXT, AT(artifact) },
	{ "source-sha", "SHA", "the commit that it speaks of", ARG_TEXT, AT(source_sha) },
	{ "type", "NAME", "as the policy calls it", ARG_TEXT, AT(type) },
	{ "status", "WORD", "passed, failed, or another word that the policy's rules know", ARG_TEXT, AT(status) },
	{ "summary", "TEXT", "one line for people", ARG_TEXT, AT(summary) },
	{ "data", "FILE", "JSON object with what the rules look at; - is standard input", ARG_TEXT, AT(data) },
	{ "observed-at", "TIME", "when it was seen, if not now", ARG_TIME, AT(observed_at_us) },
	{ "file", "FILE", "the whole body as JSON, in place of the options above; - is standard input", ARG_TEXT,
		AT(file) },
	{ "idempotency-key", "KEY", "names the post; by default a fresh one", ARG_TEXT, AT(idempotency_key) },
	{ "timeout", "DURATION", "the whole time, with every repetition", ARG_DURATION, AT(timeout_ms),
		.default_value = "60s", .min = 100, .max = 86400000 },
	{ 0 },
};

static bool read_object(const char *path, struct json_object **object, struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned(json) struct json_object *value = NULL;
	if (!file_read(path, BODY_MAX_BYTES, &text, err))
		return false;
	if (!json_parse(buf_str(&text), text.len, &value, err)) {
		if (err->where[0] != '\0')
			err_add_where(err, ": ");
		return err_add_where(err, path);
	}
	if (!json_object_is_type(value, json_type_object))
		return err_set_at(err, ERR_INVALID, path, "has to be a JSON object");
	*object = take(value);
	return true;
}

static void add_part(struct json_object *body, const char *name, const char *member, const char *value)
{
	if (value == NULL)
		return;
	struct json_object *part = json_object_new_object();
	json_add_string(part, member, value);
	json_add(body, name, part);
}

static bool check_given(const struct ingest_options *options, struct err *err)
{
	const struct {
		const char *flag, *value;
	} needed[] = { { "--service", options->service }, { "--environment", options->environment },
		{ "--type", options->type }, { "--status", options->status } };
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (needed[i].value == NULL)
			return err_set_at(err, ERR_USAGE, needed[i].flag, "is needed, or --file");
	return true;
}

static bool build(const struct ingest_options *options, struct json_object **out, struct err *err)
{
	struct json_object *data = NULL;
	if (!check_given(options, err) || (options->data != NULL && !read_object(options->data, &data, err)))
		return false;
	struct json_object *body = json_object_new_object(), *service = json_object_new_object(),
			   *list = json_object_new_array(), *item = json_object_new_object();
	json_add_string(service, "name", options->service);
	json_add_string(service, "environment", options->environment);
	json_add(body, "service", service);
	add_part(body, "artifact", "digest", options->artifact);
	add_part(body, "release", "sourceSha", options->source_sha);
	json_add_string(item, "type", options->type);
	json_add_string(item, "status", options->status);
	if (options->summary != NULL)
		json_add_string(item, "summary", options->summary);
	if (options->observed_at_us != 0)
		json_add_time(item, "observedAt", options->observed_at_us);
	if (data != NULL)
		json_add(item, "data", data);
	json_object_array_add(list, item);
	json_add(body, "evidence", list);
	*out = body;
	return true;
}

static void print_facts(const struct json_object *facts, const struct output *output)
{
	for (size_t i = 0; facts != NULL && i < json_object_array_length(facts); i++) {
		const struct json_object *fact = json_object_array_get_idx(facts, i);
		output_line(output, STYLE_PLAIN, "%s %s", member_text(fact, "factId"), member_text(fact, "type"));
	}
}

static bool run_ingest(struct cli *cli, const void *arg, struct err *err)
{
	const struct ingest_options *options = arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *body = NULL, *answer = NULL;
	owned_buf struct buf text = { 0 };
	owned_api_response struct api_response response = { 0 };
	char fresh[ID_SIZE];
	const bool built = options->file != NULL ? read_object(options->file, &body, err) : build(options, &body, err);
	if (!built || !api_create(&cli->api, false, &api, err))
		return false;
	json_text(body, false, &text);
	const struct api_request request = {
		.method = "POST",
		.path = "/evidence/ingest",
		.idempotency_key =
			options->idempotency_key != NULL ? options->idempotency_key : id_create("ingest-", fresh),
		.body = text.data,
		.len = text.len,
	};
	struct retry retry = retry_begin(options->timeout_ms);
	if (!retry_call(&retry, api, &request, &cli->output, &response, err) ||
		!json_parse(buf_str(&response.body), response.body.len, &answer, err))
		return false;
	output_object(&cli->output, answer);
	print_facts(member_array(answer, "facts"), &cli->output);
	return true;
}

const struct command ingest_commands[] = {
	{ "ingest", "", "Post evidence about a release, or about a service",
		"Evidence that names an artifact or a commit counts for that release alone.", 0, 0, COMMAND_NEEDS_API,
		ingest_options, sizeof(struct ingest_options), run_ingest },
	{ 0 },
};
