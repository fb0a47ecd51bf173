/*
 * The command line: which commands there are and what each is given. A command reads its own options struct, does its
 * work with blocking calls and says how it ended; only cli_main prints errors and turns them into exit codes.
 */
#ifndef RELEASEPASSPORT_CLI_H
#define RELEASEPASSPORT_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"
#include "args.h"
#include "base/arena.h"
#include "base/err.h"
#include "kafka.h"
#include "output.h"

struct cli {
	struct arena *arena;
	struct output output;
	struct api_options api;     /* filled for commands that need the interface */
	struct kafka_options kafka; /* filled for commands that need Kafka */
	struct arg_list operands;
	int exit_code;     /* of a run without error: what a decision asks for */
	bool has_answered; /* the JSON object is out already, though the run fails: there must not be a second one */
};

enum { COMMAND_NEEDS_API = 1, COMMAND_NEEDS_KAFKA = 2 };

struct command {
	const char *words;    /* "token create" */
	const char *operands; /* as the help writes them, "" if there are none */
	const char *summary;  /* one line */
	const char *notes;    /* further lines of the help, NULL if there are none */
	size_t operands_min, operands_max;
	unsigned needs;
	const struct arg_option *options; /* NULL: none of its own */
	size_t options_size;
	bool (*run)(struct cli *cli, const void *options, struct err *err);
};

/* Each ends with a row without words. */
extern const struct command gate_commands[], ingest_commands[], verify_commands[], passport_commands[],
	policy_commands[], bind_commands[], token_commands[], keys_commands[], deadletter_commands[], topics_commands[],
	schema_commands[];

/* The exit code of the process. */
int cli_main(int argc, char **argv);

#endif
