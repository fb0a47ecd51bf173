/*
 * The structured log: one line an event on stderr, logfmt or JSON. Order: time, level, service, msg, evaluation, trace,
 * fields. Values are escaped; a secret is never handed to it. The logger is the one mutable global of a process.
 *
 *	LOG_INFO(&ctx, "passport signed", LOG_STR("key_id", id), LOG_INT("bytes", n));
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* What every line of one request or record carries; NULL or empty members are left out. Texts are borrowed. */
struct log_ctx {
	const char *evaluation_id;
	const char *trace_id; /* or a W3C traceparent, of which only the trace id is written */
};

enum log_field_kind { LOG_FIELD_END, LOG_FIELD_STR, LOG_FIELD_INT, LOG_FIELD_DOUBLE, LOG_FIELD_BOOL };

struct log_field {
	const char *name;
	enum log_field_kind kind;
	union {
		const char *str; /* NULL is written as "" */
		int64_t integer;
		double number;
		bool boolean;
	};
};

/* clang-format off */
#define LOG_STR(n, v) { .name = (n), .kind = LOG_FIELD_STR, .str = (v) }
#define LOG_INT(n, v) { .name = (n), .kind = LOG_FIELD_INT, .integer = (int64_t)(v) }
#define LOG_DOUBLE(n, v) { .name = (n), .kind = LOG_FIELD_DOUBLE, .number = (v) }
#define LOG_BOOL(n, v) { .name = (n), .kind = LOG_FIELD_BOOL, .boolean = (v) }

void log_setup(const char *service, enum log_level level, enum log_format format);
void log_event(enum log_level level, const struct log_ctx *ctx, const char *message, const struct log_field *fields);
/* An error at the boundary where it is translated: message, kind, place and text. */
void log_err(enum log_level level, const struct log_ctx *ctx, const char *message, const struct err *err);
bool log_enabled(enum log_level level);

#define LOG_AT(level, ctx, message, ...)                                                                               \
	do {                                                                                                           \
		if (log_enabled(level))                                                                                \
			log_event(level, ctx, message, (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } }); \
	} while (0)
/* clang-format on */
#define LOG_DEBUG(ctx, ...) LOG_AT(LOG_LEVEL_DEBUG, ctx, __VA_ARGS__)
#define LOG_INFO(ctx, ...) LOG_AT(LOG_LEVEL_INFO, ctx, __VA_ARGS__)
#define LOG_WARN(ctx, ...) LOG_AT(LOG_LEVEL_WARN, ctx, __VA_ARGS__)
#define LOG_ERROR(ctx, ...) LOG_AT(LOG_LEVEL_ERROR, ctx, __VA_ARGS__)

#endif
