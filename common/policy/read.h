/*
 * How a policy's document is read: each value once, every fault a finding with its place, never only the first. Knows
 * JSON values, paths and findings; what the members mean is document.c's and rule.c's.
 */
#ifndef POLICY_READ_H
#define POLICY_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "policy/finding.h"

struct json_object;
struct yaml_tree;

struct reader {
	struct arena *arena;          /* for what is read */
	const struct yaml_tree *yaml; /* NULL: no places */
	struct arena *findings_arena;
	struct policy_findings findings;
};

/* The way to a value: lives on the stack, becomes a JSON pointer only for a finding. */
struct at {
	const struct at *up; /* NULL: the document */
	const char *name;    /* of a member, else NULL */
	size_t index;
};

/* What a text must be. */
struct read_form {
	size_t max;                     /* bytes */
	bool (*fits)(const char *text); /* NULL: any text */
	const char *must_be;            /* for people: "must be ..." */
	bool lines;                     /* line feeds and tabs are allowed */
};

char *read_pointer(const struct reader *r, const struct at *at);

/* Findings about the value at this place, its name, and the character at this byte of a text. */
void read_error(struct reader *r, const struct at *at, const char *format, ...) PRINTF_LIKE(3, 4);
void read_error_name(struct reader *r, const struct at *at, const char *format, ...) PRINTF_LIKE(3, 4);
void read_error_text(struct reader *r, const struct at *at, size_t offset, const char *format, ...) PRINTF_LIKE(4, 5);
void read_warning(struct reader *r, const struct at *at, const char *format, ...) PRINTF_LIKE(3, 4);

/* Is it an object? Members that names (NULL at the end) does not list are findings. */
bool read_object(struct reader *r, const struct at *at, struct json_object *value, const char *const *names);

/*
 * One member of an object. They return true and set *out if it is there and right; if it is absent, which is a finding
 * only where it is mandatory, or wrong, they return false and leave *out.
 */
bool read_text(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	const struct read_form *form, const char **out);
/* "90s", "5m", "1h30m". */
bool read_duration(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	int64_t min_ms, int64_t max_ms, int64_t *out_ms);
bool read_integer(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	int64_t min, int64_t max, int64_t *out);
bool read_flag(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool *out);
/* The index of one of the words (NULL at the end). */
bool read_word(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	const char *const *words, int *out);
/* A list with one element or more. */
bool read_list(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	size_t max, struct json_object **list);

#endif
