/*
 * The command line's options: tables that fill a struct from flags, from the environment and from defaults, in this
 * order. Every option has a twin RELEASEPASSPORT_<FLAG>, but lists; some have further variables, as CI systems set
 * them.
 */
#ifndef RELEASEPASSPORT_ARGS_H
#define RELEASEPASSPORT_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"

enum arg_type {
	ARG_TEXT = 1, /* const char *, NULL if absent */
	ARG_FLAG,     /* bool: takes no value, or =true, =false */
	ARG_LIST,     /* struct arg_list: may be given more than once */
	ARG_INT,      /* int64_t within min..max */
	ARG_DURATION, /* int64_t, milliseconds within min..max, as "30s" */
	ARG_TIME,     /* int64_t, microseconds, from RFC 3339; 0 if absent */
	ARG_ENUM,     /* int: index in names; -1 if absent */
};

struct arg_list {
	const char **items;
	size_t count;
};

struct arg_option {
	const char *flag;  /* without its dashes; NULL: only from the environment, as secrets are */
	const char *value; /* what the help calls its value; NULL for ARG_FLAG */
	const char *help;  /* one line */
	enum arg_type type;
	size_t offset;
	const char *variables; /* further variables, separated by spaces; the first that is set counts */
	const char *default_value;
	bool mandatory;
	int64_t min, max;
	const char *const *names; /* ARG_ENUM: NULL at the end */
};

/* A table (a row without a type ends it) and the struct that it fills. */
struct arg_set {
	const char *title; /* heading in the help */
	const struct arg_option *options;
	void *target;
};

/*
 * Reads the arguments; what is no option goes to operands, and so does all behind "--". Texts are borrowed from argv
 * and the environment or lie in arena. ERR_USAGE with the flag as the place.
 */
bool args_parse(const struct arg_set *sets, size_t set_count, char *const *argv, int argc, conf_lookup_fn *lookup,
	void *context, struct arena *arena, struct arg_list *operands, struct err *err) MUST_CHECK;

/* Is --help or -h among the options? */
bool args_ask_help(char *const *argv, int argc);
/* Appends the options with their variables and defaults. */
void args_describe(const struct arg_set *set, struct buf *out);

#endif
