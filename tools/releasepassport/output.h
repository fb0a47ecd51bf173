/*
 * What is printed, where, and how. Standard output has the result: for people, or exactly one JSON object; standard
 * error has all else. Whatever text comes from elsewhere loses its control characters here.
 */
#ifndef RELEASEPASSPORT_OUTPUT_H
#define RELEASEPASSPORT_OUTPUT_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "args.h"
#include "base/buf.h"
#include "base/err.h"

enum output_form { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_GITHUB, OUTPUT_GITLAB };

enum output_style { STYLE_PLAIN, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_FAINT };

struct output {
	int form; /* enum output_form */
	bool colours;
	bool progress; /* may a line on standard error be rewritten? */
	bool has_progress;
};

extern const struct arg_option output_options[];

/* Looks at the terminal and the CI system; before the options are read. */
void output_init(struct output *output);
/* Completes what the options left open. */
void output_settle(struct output *output);

/* A line of the result; nothing where it is JSON. */
void output_line(const struct output *output, enum output_style style, const char *format, ...) PRINTF_LIKE(3, 4);
/* Bytes of the result as they are, in every form. */
void output_raw(const void *data, size_t len);
/* The JSON result; nothing in the other forms. */
void output_object(const struct output *output, const struct json_object *object);
/* A line on standard error. */
void output_note(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* Rewrites the line of progress, on a terminal; NULL wipes it. */
void output_progress(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* What ended the program, on standard error, and as the one object where the result is JSON and has none. */
void output_error(struct output *output, const struct err *err, bool has_answered);
/* Did all of the result get out? ERR_FILE. */
bool output_flush(struct err *err) MUST_CHECK;

/* Appends text, each control character and line separator as a space. */
void output_clean(const char *text, struct buf *out);

#endif
