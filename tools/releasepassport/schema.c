/* `releasepassport migrate` and `releasepassport maintain`: the database's schema. */
#include <stdio.h>

#include "cli.h"
#include "json/json.h"
#include "maintain.h"
#include "migrate.h"

#define LONGEST_RETENTION_MONTHS 1200

/* What the callbacks of a run print to. */
struct telling {
	struct cli *cli;
	struct json_object *answer;
};

static void say(const char *line, void *arg)
{
	struct telling *telling = arg;
	output_note(&telling->cli->output, "%s", line);
}

static void show_token(const char *token, void *arg)
{
	struct telling *telling = arg;
	output_line(&telling->cli->output, STYLE_PLAIN, "%s", token);
	json_add_string(telling->answer, "firstToken", token);
}

/* --- migrate --- */

struct migrate_command {
	const char *database;
	const char *folder;
	bool roles, first_token;
};

static const struct arg_option migrate_options[] = {
	{ "database", "DSN", "connection of the owner: a URL or libpq keywords", ARG_TEXT,
		offsetof(struct migrate_command, database), .variables = "DATABASE_URL", .mandatory = true },
	{ "folder", "FOLDER", "take the migrations from there, not those of this program", ARG_TEXT,
		offsetof(struct migrate_command, folder) },
	{ "roles", NULL, "first make the roles of the services (as a superuser)", ARG_FLAG,
		offsetof(struct migrate_command, roles) },
	{ "first-token", NULL, "then make the administrator's first token, if there is no token at all, and print it",
		ARG_FLAG, offsetof(struct migrate_command, first_token) },
	{ 0 },
};

static bool run_migrate(struct cli *cli, const void *arg, struct err *err)
{
	const struct migrate_command *command = arg;
	owned(json) struct json_object *answer = json_object_new_object();
	struct telling telling = { cli, answer };
	json_add_string(answer, "firstToken", NULL);
	const struct migrate_options options = {
		.dsn = command->database,
		.folder = command->folder,
		.roles = command->roles,
		.first_token = command->first_token,
		.say = say,
		.show_token = show_token,
		.arg = &telling,
	};
	if (!migrate_run(&options, err))
		return false;
	output_object(&cli->output, answer);
	return true;
}

/* --- maintain --- */

struct maintain_command {
	const char *database;
	int64_t months_ahead;
	int64_t retention_months;
};

static const struct arg_option maintain_options[] = {
	{ "database", "DSN", "connection of the owner: a URL or libpq keywords", ARG_TEXT,
		offsetof(struct maintain_command, database), .variables = "DATABASE_URL", .mandatory = true },
	{ "months-ahead", "N", "for how many months to come partitions are made", ARG_INT,
		offsetof(struct maintain_command, months_ahead), .default_value = "3", .min = 1,
		.max = MAINTAIN_MONTHS_AHEAD_MAX },
	{ "retention-months", "N", "drop what is older than so many whole months; 0 keeps everything", ARG_INT,
		offsetof(struct maintain_command, retention_months), .default_value = "0", .min = 0,
		.max = LONGEST_RETENTION_MONTHS },
	{ 0 },
};

static bool run_maintain(struct cli *cli, const void *arg, struct err *err)
{
	const struct maintain_command *command = arg;
	owned(json) struct json_object *answer = json_object_new_object();
	struct telling telling = { cli, answer };
	const struct maintain_options options = {
		.dsn = command->database,
		.months_ahead = (int)command->months_ahead,
		.retention_months = (int)command->retention_months,
		.say = say,
		.arg = &telling,
	};
	int ahead;
	if (!maintain_run(&options, &ahead, err))
		return false;
	json_add_int(answer, "partitionsAhead", ahead);
	output_object(&cli->output, answer);
	return true;
}

const struct command schema_commands[] = {
	{ "migrate", "", "Bring a database to this version's schema", NULL, 0, 0, 0, migrate_options,
		sizeof(struct migrate_command), run_migrate },
	{ "maintain", "", "Make month partitions ahead of time, end those that retention no longer keeps",
		"Run it daily; run again, it goes on.", 0, 0, 0, maintain_options, sizeof(struct maintain_command),
		run_maintain },
	{ 0 },
};
