#include "output.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "json/json.h"

static const char *const form_words[] = { "text", "json", "github", "gitlab", NULL };

const struct arg_option output_options[] = {
	{ "output", "FORM", "text, json (one object), github or gitlab; by default what the CI system understands",
		ARG_ENUM, offsetof(struct output, form), .names = form_words },
	{ 0 },
};

static bool is_true(const char *variable)
{
	const char *text = getenv(variable);
	return text != NULL && strcmp(text, "true") == 0;
}

void output_init(struct output *output)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	const bool dumb = term == NULL || strcmp(term, "dumb") == 0;
	*output = (struct output){
		.colours = isatty(STDOUT_FILENO) == 1 && !dumb && (no_colour == NULL || no_colour[0] == '\0'),
		.progress = isatty(STDERR_FILENO) == 1 && !dumb,
	};
}

void output_settle(struct output *output)
{
	if (output->form >= 0)
		return;
	output->form = OUTPUT_TEXT;
	if (is_true("GITHUB_ACTIONS"))
		output->form = OUTPUT_GITHUB;
	else if (is_true("GITLAB_CI"))
		output->form = OUTPUT_GITLAB;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void output_clean(const char *text, struct buf *out)
{
	owned_buf struct buf repaired = { 0 };
	utf8_repair(text, strlen(text), &repaired);
	for (size_t i = 0; i < repaired.len;) {
		uint32_t code;
		const size_t len = utf8_decode(repaired.data + i, repaired.len - i, &code);
		if (is_control(code))
			buf_append_char(out, ' ');
		else
			buf_append(out, repaired.data + i, len);
		i += len;
	}
}

/* GitHub's runner takes "::" at a line's beginning and "##[" anywhere for commands, on both streams. */
static void append_defused(const struct buf *line, struct buf *out)
{
	const char *rest = buf_str(line);
	const size_t indent = strspn(rest, " ");
	buf_append(out, rest, indent);
	rest += indent;
	if (strncmp(rest, "::", 2) == 0) {
		buf_append_str(out, ": ");
		rest++;
	}
	for (const char *found; (found = strstr(rest, "##[")) != NULL; rest = found + 2) {
		buf_append(out, rest, (size_t)(found - rest));
		buf_append_str(out, "## ");
	}
	buf_append_str(out, rest);
}

__attribute__((format(printf, 3, 0))) static void format_line(
	const struct output *output, struct buf *out, const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		abort();
	owned_buf struct buf line = { 0 };
	output_clean(text, &line);
	free(text);
	if (output->form == OUTPUT_GITHUB)
		append_defused(&line, out);
	else
		buf_append(out, buf_str(&line), line.len);
}

static const char *style_code(enum output_style style)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "",
		[STYLE_GOOD] = "\033[1;32m",
		[STYLE_WARN] = "\033[1;33m",
		[STYLE_BAD] = "\033[1;31m",
		[STYLE_FAINT] = "\033[2m",
	};
	return codes[style];
}

void output_line(const struct output *output, enum output_style style, const char *format, ...)
{
	if (output->form == OUTPUT_JSON)
		return;
	owned_buf struct buf line = { 0 };
	va_list args;
	va_start(args, format);
	format_line(output, &line, format, args);
	va_end(args);
	const bool coloured = output->colours && style != STYLE_PLAIN;
	printf("%s%s%s\n", coloured ? style_code(style) : "", buf_str(&line), coloured ? "\033[0m" : "");
}

void output_raw(const void *data, size_t len)
{
	if (len > 0)
		fwrite(data, 1, len, stdout);
}

void output_object(const struct output *output, const struct json_object *object)
{
	if (output->form != OUTPUT_JSON)
		return;
	owned_buf struct buf text = { 0 };
	json_text(object, true, &text);
	buf_append_char(&text, '\n');
	output_raw(text.data, text.len);
}

static void wipe_progress(struct output *output)
{
	if (output->has_progress)
		fputs("\r\033[K", stderr);
	output->has_progress = false;
}

void output_note(struct output *output, const char *format, ...)
{
	owned_buf struct buf line = { 0 };
	va_list args;
	va_start(args, format);
	format_line(output, &line, format, args);
	va_end(args);
	wipe_progress(output);
	fprintf(stderr, "%s\n", buf_str(&line));
}

void output_progress(struct output *output, const char *format, ...)
{
	if (!output->progress)
		return;
	wipe_progress(output);
	if (format == NULL)
		return;
	owned_buf struct buf line = { 0 };
	va_list args;
	va_start(args, format);
	format_line(output, &line, format, args);
	va_end(args);
	fputs(buf_str(&line), stderr);
	output->has_progress = true;
}

void output_error(struct output *output, const struct err *err, bool has_answered)
{
	const struct err_info *info = err_info(err->kind);
	const bool placed = err->where[0] != '\0';
	output_note(output, "releasepassport: %s%s%s", err->where, placed ? ": " : "",
		err->text[0] != '\0' ? err->text : info->title);
	if (has_answered)
		return;
	owned(json) struct json_object *object = json_object_new_object(), *error = json_object_new_object();
	json_add_string(error, "kind", info->name);
	json_add_string(error, "text", err->text);
	json_add_string(error, "where", placed ? err->where : NULL);
	json_add_int(error, "exitCode", info->exit_code);
	json_add(object, "error", json_object_get(error));
	output_object(output, object);
}

bool output_flush(struct err *err)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return true;
	return err_set_at(err, ERR_FILE, "standard output", "can't be written: %m");
}
