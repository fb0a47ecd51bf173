/* Values inside of the engine: comparison that counts its cost, lookup in maps. */
#ifndef CEL_VALUE_H
#define CEL_VALUE_H

#include "cel/cel.h"

/* What may still be spent. */
struct cel_meter {
	uint64_t left;
	bool exhausted;
};

/* Takes cost from the meter; false, for good, once it is more than what is left. */
bool cel_meter_take(struct cel_meter *meter, uint64_t cost);

enum cel_order {
	CEL_LESS,
	CEL_SAME,
	CEL_GREATER,
	CEL_UNORDERED, /* NaN, or kinds that have no order between them */
};

bool cel_is_numeric(enum cel_kind kind);
/* Has < and its like a meaning for these kinds? */
bool cel_kinds_ordered(enum cel_kind a, enum cel_kind b);
/* The order of two values of such kinds. */
enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b);

/* cel_equal that counts; false too when the meter is exhausted. */
bool cel_equal_metered(const struct cel_value *a, const struct cel_value *b, struct cel_meter *meter);
/* The value under this key (a number finds the equal number of any kind); NULL if there is none or no cost is left. */
const struct cel_value *cel_map_find(const struct cel_value *map, const struct cel_value *key, struct cel_meter *meter);

struct cel_value cel_bool(bool value);
struct cel_value cel_int(int64_t value);
struct cel_value cel_uint(uint64_t value);
struct cel_value cel_double(double value);
struct cel_value cel_text_value(enum cel_kind kind, const char *data, size_t len);
struct cel_value cel_type_value(enum cel_kind kind);

#endif
