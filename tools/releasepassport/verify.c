/* `releasepassport verify`: a passport, offline. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "checks.h"
#include "cli.h"
#include "json/json.h"
#include "key_file.h"
#include "passport/verify.h"
#include "spec.h"

#define PASSPORT_MAX_BYTES (4 * 1024 * 1024)

struct verify_options {
	const char *key;
	const char *artifact, *source_sha, *service, *environment, *workspace;
	const char *decisions;
	int64_t max_age_ms, now_us;
	bool accept_expired;
};

#define AT(member) offsetof(struct verify_options, member)

static const struct arg_option verify_options[] = {
	{ "key", "FILE", "the keys to trust: PEM, or a key set as `keys keyset` writes it", ARG_TEXT, AT(key),
		.mandatory = true },
	{ "artifact", "DIGEST", "demand this artifact", ARG_TEXT, AT(artifact) },
	{ "source-sha", "SHA", "demand this source commit", ARG_TEXT, AT(source_sha) },
	{ "service", "NAME", "demand this service", ARG_TEXT, AT(service) },
	{ "environment", "NAME", "demand this environment", ARG_TEXT, AT(environment) },
	{ "workspace", "NAME", "demand this workspace", ARG_TEXT, AT(workspace) },
	{ "decision", "LIST", "decisions that are accepted, separated by commas", ARG_TEXT, AT(decisions),
		.default_value = "ALLOW,ALLOW_WITH_CANARY" },
	{ "max-age", "DURATION", "demand a decision that is no older", ARG_DURATION, AT(max_age_ms), .min = 1 },
	{ "now", "TIME", "take this for the present time", ARG_TIME, AT(now_us) },
	{ "accept-expired", NULL, "accept a passport whose validity is over: of a release of the past", ARG_FLAG,
		AT(accept_expired) },
	{ 0 },
};

/* A passport that was refused is exit code 5; a file that is none is input that is wrong. */
static bool classify(const struct verify_result *result, struct err *err)
{
	const struct verify_check *format = &result->checks[VERIFY_FORMAT];
	if (format->status == VERIFY_FAILED)
		return err_set(err, ERR_FILE, "this is no passport: %s", format->text);
	return false;
}

static bool verify_text(struct cli *cli, const struct verify_options *options, const struct buf *text,
	const struct keyset *keys, struct err *err)
{
	struct verify_demands demands = {
		.workspace = options->workspace,
		.service = options->service,
		.environment = options->environment,
		.artifact_digest = options->artifact,
		.source_sha = options->source_sha,
		.max_age_ms = options->max_age_ms,
		.now_us = options->now_us != 0 ? options->now_us : clock_now_us(),
		.accept_expired = options->accept_expired,
	};
	struct verify_result result;
	if (!decisions_spec_parse(options->decisions, cli->arena, &demands.decisions, &demands.ndecisions, err))
		return false;
	bool ok = passport_verify(buf_str(text), text->len, keys, &demands, &result, err);
	if (ok || result.checks[VERIFY_FORMAT].status != VERIFY_FAILED) {
		owned(json) struct json_object *answer = checks_json(&result, ok);
		checks_print(&cli->output, &result);
		output_object(&cli->output, answer);
		cli->has_answered = true;
	}
	ok = ok || classify(&result, err);
	verify_result_finish(&result);
	return ok;
}

static bool run_verify(struct cli *cli, const void *arg, struct err *err)
{
	const struct verify_options *options = arg;
	owned(keyset) struct keyset *keys = NULL;
	owned_buf struct buf text = { 0 };
	if (!key_file_read(options->key, &keys, err) ||
		!file_read(cli->operands.items[0], PASSPORT_MAX_BYTES, &text, err))
		return false;
	return verify_text(cli, options, &text, keys, err);
}

const struct command verify_commands[] = {
	{ "verify", "FILE", "Verify a passport offline: signature, key, identity, decision, validity",
		"FILE is a DSSE envelope, a Sigstore bundle or a decision event; - is standard input. No network is "
		"used.\n"
		"Without --artifact or --source-sha it is not known which release the passport has to be for.",
		1, 1, 0, verify_options, sizeof(struct verify_options), run_verify },
	{ 0 },
};
