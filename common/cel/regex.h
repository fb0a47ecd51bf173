/*
 * Regular expressions as in RE2: no back references, no look-around, time linear in the text. Supported: literals, '.',
 * classes with ranges, negation and [:name:], \d \w \s and their negations, \b \B \A \z ^ $, groups (named ones too,
 * but nothing is captured), alternation, * + ? {n,m} and their lazy forms, the flags i, m, s, U, \Q...\E, and the
 * escapes of characters. Whatever else the syntax has (\pN, \C, (?i) on letters outside of ASCII) is refused, not
 * misread.
 */
#ifndef CEL_REGEX_H
#define CEL_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct cel_regex;

/* Compiles a pattern (UTF-8) into the arena. NULL if it is refused: *fault says why (a constant text). */
struct cel_regex *cel_regex_create(struct arena *arena, const char *pattern, size_t len, const char **fault);
/* Instructions: the most that each character of a text can cost. */
size_t cel_regex_size(const struct cel_regex *regex);
/*
 * Does the pattern match anywhere in text (UTF-8)? marks is room for CEL_REGEX_MARKS(size) numbers. *steps counts up by
 * the work done; past steps_max it gives up and returns false, *steps being larger then.
 */
#define CEL_REGEX_MARKS(size) (5 * (size) + 1)
bool cel_regex_matches(const struct cel_regex *regex, const char *text, size_t len, uint32_t *marks, uint64_t steps_max,
	uint64_t *steps);

#endif
