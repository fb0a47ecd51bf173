#include "gate_options.h"

#include "exit_code.h"
#include "json/json.h"
#include "policy/names.h"
#include "spec.h"

#define AT(member) offsetof(struct gate_options, member)

const struct arg_option gate_options[] = {
	{ "service", "NAME", "what is to be released", ARG_TEXT, AT(service), .mandatory = true },
	{ "environment", "NAME", "where to", ARG_TEXT, AT(environment), .mandatory = true },
	{ "namespace", "NAME", "namespace of the service there", ARG_TEXT, AT(namespace) },
	{ "artifact", "DIGEST", "sha256:... of what is deployed; this or --source-sha is needed", ARG_TEXT,
		AT(artifact) },
	{ "repository", "NAME", "where the artifact lies", ARG_TEXT, AT(repository) },
	{ "source-sha", "SHA", "commit that it was built from", ARG_TEXT, AT(source_sha),
		.variables = "GITHUB_SHA CI_COMMIT_SHA BUILD_SOURCEVERSION GIT_COMMIT" },
	{ "release-id", "ID", "the pipeline's run", ARG_TEXT, AT(release_id),
		.variables = "GITHUB_RUN_ID CI_PIPELINE_ID BUILD_BUILDID BUILD_ID" },
	{ "version", "TEXT", "version of the release", ARG_TEXT, AT(version), .variables = "CI_COMMIT_TAG" },
	{ "mode", "MODE", "shadow, advisory or enforce: the stricter of this and the bound one applies", ARG_ENUM,
		AT(mode), .names = mode_words },
	{ "evidence", "TYPE=STATUS[:SUMMARY]", "a claim of the caller; may be given more than once", ARG_LIST,
		AT(evidence) },
	{ "approval", "SYSTEM=ENVIRONMENT", "an approval that the CI system has seen; may be given more than once",
		ARG_LIST, AT(approvals) },
	{ "rollback", "DIGEST", "the artifact to go back to", ARG_TEXT, AT(rollback) },
	{ "wait", "DURATION", "how long one call waits for the decision", ARG_DURATION, AT(wait_ms),
		.default_value = "30s", .min = 0, .max = 300000 },
	{ "timeout", "DURATION", "the whole time, with every repetition", ARG_DURATION, AT(timeout_ms),
		.default_value = "5m", .min = 100, .max = 86400000 },
	{ "fail-on", "DECISION", "fail from this decision on, in every mode", ARG_ENUM, AT(fail_on),
		.names = exit_code_decisions },
	{ "key", "FILE", "verify the passport under these keys (PEM or key set); needs scope read too", ARG_TEXT,
		AT(key) },
	{ "passport-out", "FILE", "write the passport there (DSSE); needs scope read too", ARG_TEXT, AT(passport_out) },
	{ "bundle-out", "FILE", "write it there as a Sigstore bundle; needs scope read too", ARG_TEXT, AT(bundle_out) },
	{ "dotenv", "FILE", "write the decision there as variables (GitLab's dotenv report)", ARG_TEXT, AT(dotenv) },
	{ "idempotency-key", "KEY", "names the question; by default a fresh one", ARG_TEXT, AT(idempotency_key) },
	{ 0 },
};

/* Members that were given, below name; nothing if there are none. */
static void add_part(struct json_object *question, const char *name, const char *const (*pairs)[2], size_t count)
{
	struct json_object *part = json_object_new_object();
	for (size_t i = 0; i < count; i++)
		if (pairs[i][1] != NULL)
			json_add_string(part, pairs[i][0], pairs[i][1]);
	if (json_object_object_length(part) > 0)
		json_add(question, name, part);
	else
		json_object_put(part);
}

static bool add_list(struct json_object *question, const char *name, const struct arg_list *specs,
	bool (*parse)(const char *, struct json_object **, struct err *), struct err *err)
{
	if (specs->count == 0)
		return true;
	struct json_object *list = json_object_new_array();
	json_add(question, name, list);
	for (size_t i = 0; i < specs->count; i++) {
		struct json_object *item;
		if (!parse(specs->items[i], &item, err))
			return false;
		json_object_array_add(list, item);
	}
	return true;
}

bool gate_question(const struct gate_options *options, struct json_object **out, struct err *err)
{
	const char *const service[][2] = { { "name", options->service }, { "environment", options->environment },
		{ "namespace", options->namespace } };
	const char *const artifact[][2] = { { "digest", options->artifact }, { "repository", options->repository } };
	const char *const release[][2] = { { "releaseId", options->release_id }, { "sourceSha", options->source_sha },
		{ "version", options->version } };
	const char *const rollback[][2] = { { "artifact", options->rollback } };
	if (options->artifact == NULL && options->source_sha == NULL)
		return err_set(err, ERR_USAGE, "--artifact or --source-sha is needed");
	owned(json) struct json_object *question = json_object_new_object();
	if (options->mode >= 0)
		json_add_string(question, "mode", mode_words[options->mode]);
	add_part(question, "service", service, ARRAY_SIZE(service));
	add_part(question, "artifact", artifact, ARRAY_SIZE(artifact));
	add_part(question, "release", release, ARRAY_SIZE(release));
	add_part(question, "rollback", rollback, ARRAY_SIZE(rollback));
	if (!add_list(question, "evidence", &options->evidence, evidence_spec_parse, err) ||
		!add_list(question, "approvals", &options->approvals, approval_spec_parse, err))
		return false;
	*out = take(question);
	return true;
}
