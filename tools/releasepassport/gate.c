/* `releasepassport gate`: may this release go there? */
#include "base/id.h"
#include "cli.h"
#include "dotenv.h"
#include "gate_ask.h"
#include "gate_options.h"
#include "gate_passport.h"
#include "github.h"
#include "json/json.h"
#include "policy/names.h"
#include "verdict.h"

/* Index 0 of exit_code_decisions is REQUIRE_APPROVAL. */
static Rp__V1__Decision fail_on_of(const struct gate_options *options)
{
	if (options->fail_on < 0)
		return RP__V1__DECISION__DECISION_UNKNOWN;
	return (Rp__V1__Decision)(RP__V1__DECISION__DECISION_REQUIRE_APPROVAL + options->fail_on);
}

static bool report(struct cli *cli, const struct gate_options *options, const struct verdict *verdict, const char *url,
	struct err *err)
{
	verdict_print(verdict, url, &cli->output);
	output_object(&cli->output, verdict->answer);
	cli->has_answered = true;
	if (verdict->mode == RP__V1__MODE__MODE_ADVISORY && verdict->is_met && verdict->exit_code == 0)
		output_note(
			&cli->output, "warning: %s; enforce would stop the pipeline", decision_name(verdict->decision));
	if (cli->output.form == OUTPUT_GITHUB && !github_report(verdict, url, err))
		return false;
	return options->dotenv == NULL || dotenv_write(verdict, options->dotenv, err);
}

static bool run_gate(struct cli *cli, const void *arg, struct err *err)
{
	const struct gate_options *options = arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *question = NULL, *answer = NULL;
	char fresh[ID_SIZE];
	struct verdict verdict;
	const char *key = options->idempotency_key != NULL ? options->idempotency_key : id_create("gate-", fresh);
	if (!gate_question(options, &question, err) || !api_create(&cli->api, false, &api, err) ||
		!gate_ask(api, options, question, key, &cli->output, &answer, err) ||
		!gate_passport(api, options, question, key, &cli->output, &answer, err) ||
		!verdict_read(answer, fail_on_of(options), &verdict, err) ||
		!report(cli, options, &verdict, api_url(api), err))
		return false;
	cli->exit_code = verdict.exit_code;
	return true;
}

const struct command gate_commands[] = {
	{ "gate", "", "Ask whether a release may go to an environment",
		"Exits with 0 if the pipeline may proceed; with 10 to 13 where the service is bound in mode enforce "
		"and the\n"
		"decision is at or over the threshold, or at or over --fail-on. Without a decision within --timeout: "
		"4.",
		0, 0, COMMAND_NEEDS_API, gate_options, sizeof(struct gate_options), run_gate },
	{ 0 },
};
