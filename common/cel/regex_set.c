#include "cel/regex_set.h"

#include <string.h>

#include "base/own.h"

void cel_set_add(struct cel_regex_set *set, uint32_t first, uint32_t last)
{
	if (set->count == CEL_REGEX_RANGES_MAX)
		set->overflow = true;
	else
		set->ranges[set->count++] = (struct cel_regex_range){ first, last };
}

/* The part of the range between low and high, moved by so much. */
static void add_moved(struct cel_regex_set *set, uint32_t first, uint32_t last, uint32_t low, uint32_t high, int32_t by)
{
	if (first < low)
		first = low;
	if (last > high)
		last = high;
	if (first <= last)
		cel_set_add(set, (uint32_t)((int32_t)first + by), (uint32_t)((int32_t)last + by));
}

static bool holds_either(uint32_t first, uint32_t last, uint32_t a, uint32_t b)
{
	return (first <= a && a <= last) || (first <= b && b <= last);
}

void cel_set_add_folded(struct cel_regex_set *set, bool fold, uint32_t first, uint32_t last)
{
	cel_set_add(set, first, last);
	if (!fold)
		return;
	add_moved(set, first, last, 'a', 'z', 'A' - 'a');
	add_moved(set, first, last, 'A', 'Z', 'a' - 'A');
	/* Two signs outside of ASCII have an ASCII letter as their other case. */
	if (holds_either(first, last, 'k', 'K'))
		cel_set_add(set, 0x212a, 0x212a);
	if (holds_either(first, last, 's', 'S'))
		cel_set_add(set, 0x17f, 0x17f);
	if (last > 0x7f)
		set->folds_unknown = true;
}

void cel_set_add_all(struct cel_regex_set *set, const struct cel_regex_set *other)
{
	for (uint32_t i = 0; i < other->count; i++)
		cel_set_add(set, other->ranges[i].first, other->ranges[i].last);
	set->overflow = set->overflow || other->overflow;
	set->folds_unknown = set->folds_unknown || other->folds_unknown;
}

void cel_set_normalize(struct cel_regex_set *set)
{
	for (uint32_t i = 1; i < set->count; i++) {
		struct cel_regex_range range = set->ranges[i];
		uint32_t k = i;
		for (; k > 0 && set->ranges[k - 1].first > range.first; k--)
			set->ranges[k] = set->ranges[k - 1];
		set->ranges[k] = range;
	}
	uint32_t kept = 0;
	for (uint32_t i = 0; i < set->count; i++) {
		struct cel_regex_range range = set->ranges[i];
		if (kept == 0 || range.first > set->ranges[kept - 1].last + 1)
			set->ranges[kept++] = range;
		else if (range.last > set->ranges[kept - 1].last)
			set->ranges[kept - 1].last = range.last;
	}
	set->count = kept;
}

void cel_set_negate(struct cel_regex_set *set)
{
	struct cel_regex_set others = { .overflow = set->overflow, .folds_unknown = set->folds_unknown };
	uint32_t next = 0;
	cel_set_normalize(set);
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->ranges[i].first > next)
			cel_set_add(&others, next, set->ranges[i].first - 1);
		next = set->ranges[i].last + 1;
	}
	if (next <= CEL_CODE_POINT_MAX)
		cel_set_add(&others, next, CEL_CODE_POINT_MAX);
	*set = others;
}

#define CLASS_RANGES_MAX 4

struct named_class {
	const char *name;
	struct cel_regex_range ranges[CLASS_RANGES_MAX]; /* one whose last is 0 ends them */
};

static void add_class(struct cel_regex_set *set, bool fold, const struct named_class *class)
{
	for (size_t i = 0; i<CLASS_RANGES_MAX &&class->ranges[i].last> 0; i++)
		cel_set_add_folded(set, fold, class->ranges[i].first, class->ranges[i].last);
}

bool cel_set_add_escape_class(struct cel_regex_set *set, bool fold, char name)
{
	static const struct named_class classes[] = {
		{ "d", { { '0', '9' } } },
		{ "w", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
		{ "s", { { '\t', '\n' }, { '\f', '\r' }, { ' ', ' ' } } },
	};
	bool others = name == 'D' || name == 'W' || name == 'S';
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (classes[i].name[0] != (others ? name - 'A' + 'a' : name))
			continue;
		struct cel_regex_set found = { .count = 0 };
		add_class(&found, fold, &classes[i]);
		if (others)
			cel_set_negate(&found);
		cel_set_add_all(set, &found);
		return true;
	}
	return false;
}

bool cel_set_add_named_class(struct cel_regex_set *set, bool fold, const char *name, size_t len)
{
	static const struct named_class classes[] = {
		{ "alnum", { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } } },
		{ "alpha", { { 'A', 'Z' }, { 'a', 'z' } } },
		{ "ascii", { { 0, 0x7f } } },
		{ "blank", { { '\t', '\t' }, { ' ', ' ' } } },
		{ "cntrl", { { 0, 0x1f }, { 0x7f, 0x7f } } },
		{ "digit", { { '0', '9' } } },
		{ "graph", { { '!', '~' } } },
		{ "lower", { { 'a', 'z' } } },
		{ "print", { { ' ', '~' } } },
		{ "punct", { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } } },
		{ "space", { { '\t', '\r' }, { ' ', ' ' } } },
		{ "upper", { { 'A', 'Z' } } },
		{ "word", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
		{ "xdigit", { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } } },
	};
	bool others = len > 0 && name[0] == '^';
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strlen(classes[i].name) != len - others ||
			memcmp(classes[i].name, name + others, len - others) != 0)
			continue;
		struct cel_regex_set found = { .count = 0 };
		add_class(&found, fold, &classes[i]);
		if (others)
			cel_set_negate(&found);
		cel_set_add_all(set, &found);
		return true;
	}
	return false;
}
