/*
 * Errors: what went wrong, where, and what follows from it. One table gives each kind its retry verdict, HTTP status,
 * problem type (RFC 9457) and exit code of the command line.
 *
 * What can fail returns a must-check bool and takes `struct err *` last; outputs are untouched on failure. Callers may
 * add context, never replace the kind. Only a boundary (request, record, main) logs or translates an error.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/own.h"

enum err_kind {
	ERR_NONE,
	ERR_INVALID,           /* malformed input: syntax, missing or unknown member, wrong type */
	ERR_UNPROCESSABLE,     /* well-formed input whose value is wrong (a digest that is no digest) */
	ERR_KEY_REUSED,        /* Idempotency-Key with another payload */
	ERR_TOO_LARGE,         /* body or record past its limit */
	ERR_HEADERS_TOO_LARGE, /* header section past its limit */
	ERR_SLOW_CLIENT,       /* the request did not arrive within its deadline */
	ERR_METHOD,            /* method not allowed here */
	ERR_MEDIA_TYPE,        /* content type not supported */
	ERR_NOT_IMPLEMENTED,   /* a method or transfer coding that HTTP has and this server does not */
	ERR_HTTP_VERSION,      /* neither HTTP/1.0 nor HTTP/1.1 */
	ERR_UNAUTHENTICATED,   /* missing or wrong credentials */
	ERR_FORBIDDEN,         /* right credentials, not allowed */
	ERR_NOT_FOUND,
	ERR_CONFLICT, /* the present state does not admit it */
	ERR_RATE_LIMITED,
	ERR_UNAVAILABLE,       /* Kafka, PostgreSQL or another dependency is away: retry heals it */
	ERR_TIMEOUT,           /* a dependency did not answer in time */
	ERR_EVALUATION_FAILED, /* an evaluation that ended without a decision */
	ERR_NOT_DECIDED,       /* no decision in time */
	ERR_UNVERIFIED,        /* a signature, digest or authentication code does not hold */
	ERR_FILE,              /* a file of the caller's can't be read or has a wrong content */
	ERR_USAGE,             /* wrong command line */
	ERR_CONFIG,            /* wrong setting; names the key */
	ERR_INTERNAL,          /* a fault of ours */
	ERR_KIND_COUNT,
};

struct err_info {
	const char *name;  /* stable word, also the last part of the problem type */
	const char *title; /* one short sentence for people */
	int http_status;
	int exit_code;
	bool retriable; /* may heal without a change of the input */
};

struct err {
	enum err_kind kind;
	char where[256]; /* the place: a JSON pointer, "line:column", a setting's key, a file; "" if there is none */
	char text[512];  /* what is wrong, for people: no secret, no stack of prefixes */
};

/* The row of kind; never NULL. */
const struct err_info *err_info(enum err_kind kind);

/* Sets *err (NULL is allowed and ignored) and returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same with the place that the error is about (copied, cut at 255 bytes). */
bool err_set_at(struct err *err, enum err_kind kind, const char *where, const char *format, ...) PRINTF_LIKE(4, 5);

/* Puts "context: " before the text; kind and place stay. Returns false. */
bool err_add(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts prefix before the place (JSON pointers are built from the inside out). Returns false. */
bool err_add_where(struct err *err, const char *prefix);

#endif
