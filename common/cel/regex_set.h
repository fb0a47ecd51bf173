/* Sets of characters, while a pattern is read. */
#ifndef CEL_REGEX_SET_H
#define CEL_REGEX_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CEL_REGEX_RANGES_MAX 256
#define CEL_CODE_POINT_MAX 0x10ffff

struct cel_regex_range {
	uint32_t first, last; /* code points, both included */
};

struct cel_regex_set {
	struct cel_regex_range ranges[CEL_REGEX_RANGES_MAX];
	uint32_t count;
	bool overflow;      /* more ranges than there is room for */
	bool folds_unknown; /* case was to be ignored, with letters whose other cases are not known here */
};

void cel_set_add(struct cel_regex_set *set, uint32_t first, uint32_t last);
/* The same, and with fold the other cases of what it holds. */
void cel_set_add_folded(struct cel_regex_set *set, bool fold, uint32_t first, uint32_t last);
void cel_set_add_all(struct cel_regex_set *set, const struct cel_regex_set *other);
/* Sorts, and joins what touches. */
void cel_set_normalize(struct cel_regex_set *set);
void cel_set_negate(struct cel_regex_set *set);
/* \d, \w, \s; a capital letter adds all others. False if the letter names no class. */
bool cel_set_add_escape_class(struct cel_regex_set *set, bool fold, char name);
/* [:name:], without the brackets and colons. False if there is none of this name. */
bool cel_set_add_named_class(struct cel_regex_set *set, bool fold, const char *name, size_t len);

#endif
