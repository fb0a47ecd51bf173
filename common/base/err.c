#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const struct err_info infos[ERR_KIND_COUNT] = {
	[ERR_NONE] = { "none", "No error", 200, 0, false },
	[ERR_INVALID] = { "invalid-request", "The input is malformed", 400, 6, false },
	[ERR_UNPROCESSABLE] = { "unprocessable", "The input is well-formed, a value in it is wrong", 422, 6, false },
	[ERR_KEY_REUSED] = { "idempotency-key-reused", "This Idempotency-Key was used with another payload", 422, 6,
		false },
	[ERR_TOO_LARGE] = { "too-large", "The input is larger than allowed", 413, 6, false },
	[ERR_HEADERS_TOO_LARGE] = { "headers-too-large", "The header section is larger than allowed", 431, 6, false },
	[ERR_SLOW_CLIENT] = { "request-timeout", "The request did not arrive in time", 408, 4, true },
	[ERR_METHOD] = { "method-not-allowed", "The method is not allowed here", 405, 2, false },
	[ERR_MEDIA_TYPE] = { "unsupported-media-type", "The content type is not supported", 415, 6, false },
	[ERR_NOT_IMPLEMENTED] = { "not-implemented", "The server does not know this", 501, 2, false },
	[ERR_HTTP_VERSION] = { "http-version", "The version of HTTP is not supported", 505, 2, false },
	[ERR_UNAUTHENTICATED] = { "unauthenticated", "Credentials are missing or wrong", 401, 3, false },
	[ERR_FORBIDDEN] = { "forbidden", "These credentials do not allow it", 403, 3, false },
	[ERR_NOT_FOUND] = { "not-found", "There is no such thing", 404, 6, false },
	[ERR_CONFLICT] = { "conflict", "The present state does not allow it", 409, 6, false },
	[ERR_RATE_LIMITED] = { "rate-limited", "Too many requests", 429, 4, true },
	[ERR_UNAVAILABLE] = { "unavailable", "A dependency is not available", 503, 4, true },
	[ERR_TIMEOUT] = { "timeout", "A dependency did not answer in time", 503, 4, true },
	[ERR_EVALUATION_FAILED] = { "evaluation-failed", "The evaluation ended without a decision", 503, 4, true },
	[ERR_NOT_DECIDED] = { "not-decided", "There is no decision yet", 503, 4, true },
	[ERR_UNVERIFIED] = { "unverified", "The verification failed", 422, 5, false },
	[ERR_FILE] = { "file", "A file can't be used", 400, 6, false },
	[ERR_USAGE] = { "usage", "The command line is wrong", 400, 2, false },
	[ERR_CONFIG] = { "configuration", "A setting is wrong", 500, 2, false },
	[ERR_INTERNAL] = { "internal", "A fault of the service", 500, 4, false },
};

const struct err_info *err_info(enum err_kind kind)
{
	assert(kind >= 0 && kind < ERR_KIND_COUNT);
	return &infos[kind];
}

/* What was cut must stay UTF-8: the text goes into JSON and logs. */
static void drop_partial_character(char *text)
{
	size_t len = strlen(text);
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)text[len - back];
		uint32_t code;
		if (c >= 0xc0 && utf8_decode(text + len - back, back, &code) == 0)
			text[len - back] = '\0';
		if (c < 0x80 || c >= 0xc0)
			return;
	}
}

__attribute__((format(printf, 4, 0))) static void set(
	struct err *err, enum err_kind kind, const char *where, const char *format, va_list args)
{
	if (err == NULL)
		return;
	err->kind = kind;
	snprintf(err->where, sizeof(err->where), "%s", where);
	vsnprintf(err->text, sizeof(err->text), format, args);
	drop_partial_character(err->where);
	drop_partial_character(err->text);
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, kind, "", format, args);
	va_end(args);
	return false;
}

bool err_set_at(struct err *err, enum err_kind kind, const char *where, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, kind, where, format, args);
	va_end(args);
	return false;
}

bool err_add(struct err *err, const char *format, ...)
{
	if (err == NULL)
		return false;
	char text[sizeof(err->text)];
	memcpy(text, err->text, sizeof(text));
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", text);
	drop_partial_character(err->text);
	return false;
}

bool err_add_where(struct err *err, const char *prefix)
{
	if (err == NULL)
		return false;
	char where[sizeof(err->where)];
	memcpy(where, err->where, sizeof(where));
	int n = snprintf(err->where, sizeof(err->where), "%s", prefix);
	if (n >= 0 && (size_t)n < sizeof(err->where))
		snprintf(err->where + n, sizeof(err->where) - (size_t)n, "%s", where);
	drop_partial_character(err->where);
	return false;
}
