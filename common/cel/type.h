/* Static types, as far as the check follows them: kinds, with the types of elements, keys and values. */
#ifndef CEL_STATIC_TYPE_H
#define CEL_STATIC_TYPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "cel/cel.h"

struct cel_type {
	enum cel_kind kind;
	bool open;                      /* of the elements of []: becomes any type; kind is CEL_DYN */
	const struct cel_type *key;     /* maps */
	const struct cel_type *element; /* lists, and the values of maps */
};

/* The type of this kind; elements of lists and maps are dyn. */
const struct cel_type *cel_type_of(enum cel_kind kind);
const struct cel_type *cel_type_open(void);
const struct cel_type *cel_type_list(struct arena *arena, const struct cel_type *element);
const struct cel_type *cel_type_map(struct arena *arena, const struct cel_type *key, const struct cel_type *value);

bool cel_type_is_dyn(const struct cel_type *type);
bool cel_type_is_numeric(const struct cel_type *type);
/* May a value of one be equal to a value of the other? Numbers of different kinds may. */
bool cel_type_comparable(const struct cel_type *a, const struct cel_type *b);
/* May both stand where one type is asked for (branches of a conditional)? Numbers of different kinds may not. */
bool cel_type_unifies(const struct cel_type *a, const struct cel_type *b);
/* The type of what is either a or b: dyn where they do not unify. */
const struct cel_type *cel_type_join(struct arena *arena, const struct cel_type *a, const struct cel_type *b);
/* Appends "list(map(string, dyn))". */
void cel_type_format(const struct cel_type *type, struct buf *out);

#endif
