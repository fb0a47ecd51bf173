/*
 * migrate and maintain without the command line's frame:
 *	schema-tool migrate DSN [--dir FOLDER] [--roles] [--first-token]
 *	schema-tool maintain DSN [--retention-months N]
 * Progress goes to stderr, the token to stdout; "kind where: text" and exit status 1 tell a failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maintain.h"
#include "migrate.h"

static void say(const char *line, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static void show_token(const char *token, void *arg)
{
	(void)arg;
	puts(token);
}

static bool has_flag(int argc, char **argv, const char *flag, const char **value)
{
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], flag) != 0)
			continue;
		if (value != NULL)
			*value = argv[i + 1];
		return true;
	}
	return false;
}

static bool run(int argc, char **argv, struct err *err)
{
	const char *value = NULL;
	if (argc >= 3 && strcmp(argv[1], "migrate") == 0) {
		struct migrate_options options = { .dsn = argv[2], .say = say, .show_token = show_token };
		if (has_flag(argc, argv, "--dir", &value))
			options.folder = value;
		options.roles = has_flag(argc, argv, "--roles", NULL);
		options.first_token = has_flag(argc, argv, "--first-token", NULL);
		return migrate_run(&options, err);
	}
	if (argc >= 3 && strcmp(argv[1], "maintain") == 0) {
		struct maintain_options options = { .dsn = argv[2], .months_ahead = MAINTAIN_MONTHS_AHEAD, .say = say };
		if (has_flag(argc, argv, "--retention-months", &value))
			options.retention_months = atoi(value);
		return maintain_run(&options, NULL, err);
	}
	return err_set(err, ERR_USAGE, "schema-tool migrate|maintain DSN");
}

int main(int argc, char **argv)
{
	struct err err;
	if (run(argc, argv, &err))
		return EXIT_SUCCESS;
	fprintf(stderr, "%s %s: %s\n", err_info(err.kind)->name, err.where, err.text);
	return EXIT_FAILURE;
}
