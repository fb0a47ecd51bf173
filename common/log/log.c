#include "log/log.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json_object.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "log/logfmt.h"

static struct {
	char service[64];
	enum log_level level;
	enum log_format format;
} logger = { .level = LOG_LEVEL_INFO };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_setup(const char *service, enum log_level level, enum log_format format)
{
	snprintf(logger.service, sizeof(logger.service), "%s", service);
	logger.level = level;
	logger.format = format;
}

bool log_enabled(enum log_level level)
{
	return level >= logger.level;
}

static void append_field(const struct log_field *field, struct buf *out)
{
	buf_printf(out, " %s=", field->name);
	switch (field->kind) {
	case LOG_FIELD_STR: logfmt_append_value(field->str, out); break;
	case LOG_FIELD_INT: buf_printf(out, "%" PRId64, field->integer); break;
	case LOG_FIELD_DOUBLE: buf_printf(out, "%.15g", field->number); break;
	case LOG_FIELD_BOOL: buf_append_str(out, field->boolean ? "true" : "false"); break;
	case LOG_FIELD_END: break;
	}
}

static void append_text(const char *name, const char *value, struct buf *out)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_printf(out, " %s=", name);
	logfmt_append_value(value, out);
}

/* The trace id in a W3C traceparent "00-<32 hex digits>-...", or the text itself if it is none. */
static const char *trace_id(const char *trace, char id[33])
{
	if (trace == NULL || strlen(trace) != 55 || trace[2] != '-' || trace[35] != '-')
		return trace;
	memcpy(id, trace + 3, 32);
	id[32] = '\0';
	return id;
}

static void write_logfmt(const char *time, enum log_level level, const struct log_ctx *ctx, const char *message,
	const struct log_field *fields, struct buf *out)
{
	buf_printf(out, "time=%s level=%s", time, level_names[level]);
	append_text("service", logger.service, out);
	buf_append_str(out, " msg=");
	logfmt_append_value(message, out);
	char trace[33];
	if (ctx != NULL) {
		append_text("evaluation", ctx->evaluation_id, out);
		append_text("trace", trace_id(ctx->trace_id, trace), out);
	}
	for (; fields != NULL && fields->kind != LOG_FIELD_END; fields++)
		append_field(fields, out);
}

static struct json_object *json_of_text(const char *text)
{
	owned_buf struct buf clean = { 0 };
	if (text != NULL)
		utf8_repair(text, strlen(text), &clean);
	return json_object_new_string(buf_str(&clean));
}

static struct json_object *json_of_field(const struct log_field *field)
{
	switch (field->kind) {
	case LOG_FIELD_STR: return json_of_text(field->str);
	case LOG_FIELD_INT: return json_object_new_int64(field->integer);
	case LOG_FIELD_DOUBLE: return isfinite(field->number) ? json_object_new_double(field->number) : NULL;
	case LOG_FIELD_BOOL: return json_object_new_boolean(field->boolean);
	case LOG_FIELD_END: break;
	}
	return NULL;
}

static void add_text(struct json_object *line, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		json_object_object_add(line, name, json_of_text(value));
}

static void write_json(const char *time, enum log_level level, const struct log_ctx *ctx, const char *message,
	const struct log_field *fields, struct buf *out)
{
	struct json_object *line = json_object_new_object();
	add_text(line, "time", time);
	add_text(line, "level", level_names[level]);
	add_text(line, "service", logger.service);
	json_object_object_add(line, "msg", json_of_text(message));
	char trace[33];
	if (ctx != NULL) {
		add_text(line, "evaluation", ctx->evaluation_id);
		add_text(line, "trace", trace_id(ctx->trace_id, trace));
	}
	for (; fields != NULL && fields->kind != LOG_FIELD_END; fields++)
		json_object_object_add(line, fields->name, json_of_field(fields));
	buf_append_str(
		out, json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(line);
}

/* One write a line, so that lines of several processes on one pipe stay whole. */
static void emit(const struct buf *line)
{
	for (size_t done = 0; done < line->len;) {
		ssize_t n = write(STDERR_FILENO, line->data + done, line->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		done += (size_t)n;
	}
}

void log_event(enum log_level level, const struct log_ctx *ctx, const char *message, const struct log_field *fields)
{
	if (!log_enabled(level))
		return;
	char time[CLOCK_RFC3339_SIZE];
	clock_format(clock_now_us(), time);
	owned_buf struct buf line = { 0 };
	if (logger.format == LOG_FORMAT_JSON)
		write_json(time, level, ctx, message, fields, &line);
	else
		write_logfmt(time, level, ctx, message, fields, &line);
	buf_append_char(&line, '\n');
	emit(&line);
}

void log_err(enum log_level level, const struct log_ctx *ctx, const char *message, const struct err *err)
{
	struct log_field fields[] = { LOG_STR("error", err_info(err->kind)->name), LOG_STR("text", err->text), { 0 },
		{ 0 } };
	if (err->where[0] != '\0')
		fields[2] = (struct log_field)LOG_STR("where", err->where);
	log_event(level, ctx, message, fields);
}
