/* Equality and order of values (cel-spec, "Equality" and "Ordering": numbers compare across their kinds). */
#include "cel/value.h"

#include <math.h>
#include <string.h>

/* Keys looked at for one unit of cost: comparing a key is far cheaper than evaluating a node. */
#define KEYS_PER_COST 8
#define BYTES_PER_COST 64

bool cel_is_numeric(enum cel_kind kind)
{
	return kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

bool cel_kinds_ordered(enum cel_kind a, enum cel_kind b)
{
	if (a != b)
		return cel_is_numeric(a) && cel_is_numeric(b);
	return cel_is_numeric(a) || a == CEL_BOOL || a == CEL_STRING || a == CEL_BYTES || a == CEL_TIMESTAMP ||
	       a == CEL_DURATION;
}

#define ORDER(a, b) ((a) < (b) ? CEL_LESS : (a) > (b) ? CEL_GREATER : (a) == (b) ? CEL_SAME : CEL_UNORDERED)

static double as_double(const struct cel_value *value)
{
	if (value->kind == CEL_INT)
		return (double)value->integer;
	return value->kind == CEL_UINT ? (double)value->uinteger : value->number;
}

static enum cel_order compare_numbers(const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind == CEL_DOUBLE || b->kind == CEL_DOUBLE)
		return ORDER(as_double(a), as_double(b));
	if (a->kind == CEL_INT && a->integer < 0)
		return b->kind == CEL_INT ? ORDER(a->integer, b->integer) : CEL_LESS;
	if (b->kind == CEL_INT && b->integer < 0)
		return CEL_GREATER;
	/* Neither is negative: both fit uint64, whatever their kinds. */
	return ORDER(a->uinteger, b->uinteger);
}

static enum cel_order compare_texts(const struct cel_value *a, const struct cel_value *b)
{
	size_t common = a->text.len < b->text.len ? a->text.len : b->text.len;
	int order = common == 0 ? 0 : memcmp(a->text.data, b->text.data, common);
	return order != 0 ? ORDER(order, 0) : ORDER(a->text.len, b->text.len);
}

static enum cel_order compare_times(const struct cel_value *a, const struct cel_value *b)
{
	enum cel_order order = ORDER(a->time.seconds, b->time.seconds);
	return order != CEL_SAME ? order : ORDER(a->time.nanos, b->time.nanos);
}

enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b)
{
	if (!cel_kinds_ordered(a->kind, b->kind))
		return CEL_UNORDERED;
	if (cel_is_numeric(a->kind))
		return compare_numbers(a, b);
	if (a->kind == CEL_STRING || a->kind == CEL_BYTES)
		return compare_texts(a, b);
	return a->kind == CEL_BOOL ? ORDER(a->boolean, b->boolean) : compare_times(a, b);
}

static bool texts_equal(const struct cel_value *a, const struct cel_value *b, struct cel_meter *meter)
{
	if (a->text.len != b->text.len || !cel_meter_take(meter, a->text.len / BYTES_PER_COST))
		return false;
	return a->text.len == 0 || memcmp(a->text.data, b->text.data, a->text.len) == 0;
}

static bool lists_equal(const struct cel_value *a, const struct cel_value *b, struct cel_meter *meter)
{
	if (a->list.count != b->list.count)
		return false;
	for (size_t i = 0; i < a->list.count; i++)
		if (!cel_equal_metered(&a->list.items[i], &b->list.items[i], meter))
			return false;
	return true;
}

static bool maps_equal(const struct cel_value *a, const struct cel_value *b, struct cel_meter *meter)
{
	if (a->map.count != b->map.count)
		return false;
	for (size_t i = 0; i < a->map.count; i++) {
		const struct cel_map_entry *entry = &a->map.entries[i];
		const struct cel_value *other = cel_map_find(b, &entry->key, meter);
		if (other == NULL || !cel_equal_metered(&entry->value, other, meter))
			return false;
	}
	return true;
}

bool cel_equal_metered(const struct cel_value *a, const struct cel_value *b, struct cel_meter *meter)
{
	if (!cel_meter_take(meter, 1))
		return false;
	if (cel_is_numeric(a->kind) && cel_is_numeric(b->kind))
		return compare_numbers(a, b) == CEL_SAME;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_TYPE: return texts_equal(a, b, meter);
	case CEL_LIST: return lists_equal(a, b, meter);
	case CEL_MAP: return maps_equal(a, b, meter);
	case CEL_BOOL: return a->boolean == b->boolean;
	case CEL_TIMESTAMP:
	case CEL_DURATION: return compare_times(a, b) == CEL_SAME;
	case CEL_NULL: return true;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
	case CEL_DYN: return false;
	}
	return false;
}

bool cel_equal(const struct cel_value *a, const struct cel_value *b)
{
	struct cel_meter meter = { .left = UINT64_MAX };
	return cel_equal_metered(a, b, &meter);
}

const struct cel_value *cel_map_find(const struct cel_value *map, const struct cel_value *key, struct cel_meter *meter)
{
	for (size_t i = 0; i < map->map.count; i++) {
		const struct cel_map_entry *entry = &map->map.entries[i];
		if (i % KEYS_PER_COST == KEYS_PER_COST - 1 && !cel_meter_take(meter, 1))
			return NULL;
		if (entry->key.kind == CEL_STRING && key->kind == CEL_STRING) {
			if (entry->key.text.len == key->text.len && texts_equal(&entry->key, key, meter))
				return &entry->value;
		} else if (cel_equal_metered(&entry->key, key, meter)) {
			return &entry->value;
		}
	}
	return NULL;
}
