#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command *const groups[] = { gate_commands, ingest_commands, verify_commands, passport_commands,
	policy_commands, bind_commands, token_commands, keys_commands, deadletter_commands, topics_commands,
	schema_commands };

static const char exit_codes[] =
	"\nExit codes: 0 proceed, 2 usage, 3 not authenticated or not allowed, 4 no answer or no "
	"decision in time,\n5 verification failed, 6 input invalid, 10 REQUIRE_APPROVAL, 11 HOLD, "
	"12 BLOCK, 13 ROLLBACK_RECOMMENDED.\n";

/* How many of argv's words are the command's, 0 if it is another command. */
static int words_matched(const struct command *command, char *const *argv, int argc)
{
	const char *words = command->words;
	for (int n = 0;; n++) {
		const size_t len = strcspn(words, " ");
		if (n >= argc || strlen(argv[n]) != len || strncmp(argv[n], words, len) != 0)
			return 0;
		if (words[len] == '\0')
			return n + 1;
		words += len + 1;
	}
}

static const struct command *find(char *const *argv, int argc, int *words)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const struct command *command = groups[i]; command->words != NULL; command++)
			if ((*words = words_matched(command, argv, argc)) > 0)
				return command;
	return NULL;
}

static bool has_first_word(const struct command *command, const char *word)
{
	const size_t len = strcspn(command->words, " ");
	return word == NULL || (strlen(word) == len && strncmp(command->words, word, len) == 0);
}

/* The commands that begin with word (all for NULL); how many there are. */
static size_t list_commands(const char *word, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (const struct command *command = groups[i]; command->words != NULL; command++)
			if (has_first_word(command, word)) {
				buf_printf(out, "  %-20s %s\n", command->words, command->summary);
				count++;
			}
	return count;
}

static void describe_all(const char *word, struct buf *out)
{
	owned_buf struct buf list = { 0 };
	const char *known = list_commands(word, &list) > 0 ? word : NULL;
	if (known == NULL) {
		buf_truncate(&list, 0);
		list_commands(NULL, &list);
	}
	buf_printf(out, "usage: releasepassport %s%sCOMMAND [options]\n\n%s", known != NULL ? known : "",
		known != NULL ? " " : "", buf_str(&list));
	buf_append_str(out,
		"\n`releasepassport COMMAND --help` tells its options; `releasepassport --version` the version.\n");
	buf_append_str(out, exit_codes);
}

/* The tables of a command and what they fill; returns how many there are. */
static size_t sets_of(const struct command *command, struct cli *cli, void *options, struct arg_set sets[4])
{
	size_t n = 0;
	if (command->options != NULL)
		sets[n++] = (struct arg_set){ "Options", command->options, options };
	if ((command->needs & COMMAND_NEEDS_API) != 0)
		sets[n++] = (struct arg_set){ "The interface", api_options, &cli->api };
	if ((command->needs & COMMAND_NEEDS_KAFKA) != 0)
		sets[n++] = (struct arg_set){ "Kafka", kafka_options, &cli->kafka };
	sets[n++] = (struct arg_set){ "Output", output_options, &cli->output };
	return n;
}

static void describe(const struct command *command, struct buf *out)
{
	struct arg_set sets[4];
	struct cli nobody = { 0 }; /* nothing is read into it */
	const size_t count = sets_of(command, &nobody, NULL, sets);
	buf_printf(out, "usage: releasepassport %s [options]%s%s\n\n%s.\n", command->words,
		command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
	if (command->notes != NULL)
		buf_printf(out, "\n%s\n", command->notes);
	for (size_t i = 0; i < count; i++)
		args_describe(&sets[i], out);
	buf_append_str(out, exit_codes);
}

static bool check_operands(const struct command *command, const struct arg_list *operands, struct err *err)
{
	if (operands->count > command->operands_max)
		return err_set_at(err, ERR_USAGE, operands->items[command->operands_max],
			"is one argument too many (releasepassport %s --help)", command->words);
	if (operands->count < command->operands_min)
		return err_set(err, ERR_USAGE, "%s needs %s", command->words, command->operands);
	return true;
}

static bool run(const struct command *command, struct cli *cli, char *const *argv, int argc, struct err *err)
{
	struct arg_set sets[4];
	void *options = arena_alloc(cli->arena, command->options_size > 0 ? command->options_size : 1);
	const size_t count = sets_of(command, cli, options, sets);
	const bool read = args_parse(sets, count, argv, argc, conf_environment, NULL, cli->arena, &cli->operands, err);
	output_settle(&cli->output);
	return read && check_operands(command, &cli->operands, err) && command->run(cli, options, err) &&
	       output_flush(err);
}

static int print_help(const struct buf *text)
{
	struct err err;
	output_raw(text->data, text->len);
	return output_flush(&err) ? 0 : err_info(err.kind)->exit_code;
}

static int explain_usage(const char *word)
{
	owned_buf struct buf text = { 0 };
	describe_all(word, &text);
	fprintf(stderr, "%s", buf_str(&text));
	return err_info(ERR_USAGE)->exit_code;
}

int cli_main(int argc, char **argv)
{
	int words = 0;
	owned_buf struct buf text = { 0 };
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		buf_append_str(&text, "releasepassport " RP_VERSION "\n");
		return print_help(&text);
	}
	const struct command *command = find(argv + 1, argc - 1, &words);
	const bool ask_help = args_ask_help(argv + 1, argc - 1);
	if (command == NULL && !ask_help)
		return explain_usage(argc > 1 ? argv[1] : NULL);
	if (ask_help) {
		if (command != NULL)
			describe(command, &text);
		else
			describe_all(argv[1][0] != '-' ? argv[1] : NULL, &text);
		return print_help(&text);
	}
	owned(arena) struct arena *arena = arena_create();
	struct cli cli = { .arena = arena };
	struct err err = { 0 };
	output_init(&cli.output);
	const bool ok = run(command, &cli, argv + 1 + words, argc - 1 - words, &err);
	output_progress(&cli.output, NULL);
	if (ok)
		return cli.exit_code;
	output_error(&cli.output, &err, cli.has_answered);
	fflush(stdout);
	return err_info(err.kind)->exit_code;
}
