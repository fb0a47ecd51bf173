/*
 * CEL, the Common Expression Language (cel-spec, language definition): parse, check and evaluate. All of the standard
 * definitions but messages, enums and the names of time zones (UTC and offsets such as "+02:00" are known).
 *
 * Values are JSON-like (null, bool, int, uint, double, string, bytes, list, map) plus timestamp, duration and type. No
 * I/O, no loops beyond the comprehension macros (has, all, exists, exists_one, filter, map), bounded cost and depth.
 * Files: lex.c, literal.c, parse.c and macro.c (text -> syntax tree, macros expanded), resolve.c (every name and
 * function exists), check.c (operands fit), eval.c and comprehend.c, arith.c, compare.c and fn_*.c (one file for each
 * family of functions), regex*.c (matches), instant.c (time), value.c and equal.c.
 *
 * A program is immutable; evaluation allocates only from the arena that is handed in. Neither knows policies.
 */
#ifndef CEL_CEL_H
#define CEL_CEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct json_object;

enum cel_kind {
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_UINT,
	CEL_DOUBLE,
	CEL_STRING,
	CEL_BYTES,
	CEL_LIST,
	CEL_MAP,
	CEL_TIMESTAMP,
	CEL_DURATION,
	CEL_TYPE,
	CEL_DYN, /* only as a declared type: any of the above */
};

struct cel_map_entry;

/* Bytes without a NUL behind them. */
struct cel_text {
	const char *data;
	size_t len;
};

struct cel_value {
	enum cel_kind kind;
	union {
		bool boolean;
		int64_t integer;
		uint64_t uinteger;
		double number;
		struct cel_text text; /* CEL_STRING (UTF-8), CEL_BYTES; CEL_TYPE holds the type's name */
		struct {              /* CEL_LIST */
			const struct cel_value *items;
			size_t count;
		} list;
		struct { /* CEL_MAP: keys are unique bool, int, uint or string */
			const struct cel_map_entry *entries;
			size_t count;
		} map;
		struct { /* CEL_TIMESTAMP: since 1970, nanos 0 to 999999999; CEL_DURATION: nanos of seconds' sign */
			int64_t seconds;
			int32_t nanos;
		} time;
	};
};

struct cel_map_entry {
	struct cel_value key;
	struct cel_value value;
};

/* A variable that expressions may name. Names may have dots. */
struct cel_variable {
	const char *name;
	enum cel_kind type; /* CEL_DYN: not known before evaluation */
};

struct cel_program;

#define CEL_SOURCE_MAX_BYTES 16384
#define CEL_DEPTH_MAX 64 /* nesting of an expression */
/* One for each node evaluated and element walked over, one for 8 bytes of text that functions walk over or make. */
#define CEL_COST_DEFAULT 100000

/*
 * Parses and checks source against the variables (copied). Unknown identifiers and functions, wrong argument counts,
 * and operand types that are known and can't fit are refused. ERR_INVALID with err->where "line:column", both from 1.
 */
bool cel_compile(const char *source, size_t len, const struct cel_variable *variables, size_t variable_count,
	struct cel_program **program, struct err *err) MUST_CHECK;
/* The same without the check of identifiers: what is not bound is an error when it is evaluated. */
bool cel_compile_unchecked(const char *source, size_t len, struct cel_program **program, struct err *err) MUST_CHECK;
void cel_program_destroy(struct cel_program *program);
OWNED_DEFINE(cel_program, struct cel_program, cel_program_destroy);

/*
 * What both stand on: container is the namespace in which names are looked for first (with "a.b" the name x means
 * a.b.x, a.x or x, whichever is found first), NULL for none. The same errors.
 */
struct cel_env {
	const char *container;
	const struct cel_variable *variables;
	size_t variable_count;
	bool unchecked;
};
bool cel_compile_env(const char *source, size_t len, const struct cel_env *env, struct cel_program **program,
	struct err *err) MUST_CHECK;

/* The result's type as far as the check knows it: CEL_DYN if it does not. */
enum cel_kind cel_program_type(const struct cel_program *program);
/*
 * Does the expression name this variable anywhere? A comprehension variable that hides it does not count; a mention
 * inside of has() does. Of a checked program each mention is of one declared variable, the longest that fits: a.b.c
 * names "a.b" alone if that is declared beside "a". Of an unchecked one a.b.c counts as "a", "a.b" and "a.b.c".
 */
bool cel_program_names(const struct cel_program *program, const char *variable);
/*
 * Is every mention of this variable the root of has()'s path, as v in has(v.a.b)? True too where it is not named. A
 * mention deeper inside of has(), as in has(m[v.a].b), uses the value and makes it false. has(a.b) of a variable "a.b"
 * asks whether that is bound.
 */
bool cel_program_names_only_in_has(const struct cel_program *program, const char *variable);
/* Does has() test a member of this variable, or whether it is bound, anywhere in the expression? */
bool cel_program_tests(const struct cel_program *program, const char *variable);

struct cel_binding {
	const char *name;
	struct cel_value value;
};

/*
 * Evaluates with these bindings. The result lies in the arena, the program and what the bindings point to, and costs
 * one for each value in it; nested deeper than CEL_DEPTH_MAX it is an error. An error of the expression itself (no such
 * key, overflow, division by zero, no such overload, cost past cost_max) is ERR_UNPROCESSABLE with the place; && and ||
 * absorb errors as the specification says.
 */
bool cel_eval(const struct cel_program *program, const struct cel_binding *bindings, size_t binding_count,
	uint64_t cost_max, struct arena *arena, struct cel_value *result, struct err *err) MUST_CHECK;

/* Equality as the == operator has it (1 == 1u == 1.0 across numeric kinds; NaN is never equal). */
bool cel_equal(const struct cel_value *a, const struct cel_value *b);

/*
 * JSON to CEL: numbers written without fraction and exponent become int (uint past 2^63), others double. Arithmetic
 * does not mix kinds (x * 2 of a double is an error, x > 2 is not): bind what is a measurement as a double. Texts are
 * borrowed from the tree.
 */
struct cel_value cel_from_json(struct json_object *json, struct arena *arena);
/*
 * CEL to JSON, the caller's; timestamps as RFC 3339, durations as "1.5s", bytes as base64, types by their name, doubles
 * that JSON lacks as "NaN", "Infinity", "-Infinity"; NULL is the JSON null. For results of cel_eval, which are bounded.
 */
struct json_object *cel_to_json(const struct cel_value *value);
/* The type's name in CEL: "int", "google.protobuf.Timestamp", "null_type", ... */
const char *cel_kind_name(enum cel_kind kind);
/* Shortcuts for bindings. The text is borrowed. */
struct cel_value cel_string(const char *text);
struct cel_value cel_timestamp_us(int64_t time_us);
struct cel_value cel_duration_us(int64_t duration_us);

#endif
