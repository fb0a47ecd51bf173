/* The operators that compare: == != < <= > >= and the negation. */
#include "cel/function.h"

/* Long texts cost more to compare. */
#define BYTES_PER_COST 64

static bool equal(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	*result = cel_bool(cel_equal_metered(&args[0], &args[1], &eval->meter));
	return cel_charge(eval, 0);
}

static bool not_equal(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	*result = cel_bool(!cel_equal_metered(&args[0], &args[1], &eval->meter));
	return cel_charge(eval, 0);
}

static bool order(struct cel_eval *eval, const struct cel_value *args, enum cel_order *found)
{
	if (!cel_kinds_ordered(args[0].kind, args[1].kind))
		return cel_fault(
			eval, "%s and %s have no order", cel_kind_name(args[0].kind), cel_kind_name(args[1].kind));
	bool texts = args[0].kind == CEL_STRING || args[0].kind == CEL_BYTES;
	if (texts && !cel_charge(eval, args[0].text.len / BYTES_PER_COST))
		return false;
	*found = cel_compare(&args[0], &args[1]);
	return true;
}

static bool less(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	enum cel_order found;
	if (!order(eval, args, &found))
		return false;
	*result = cel_bool(found == CEL_LESS);
	return true;
}

static bool less_equal(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	enum cel_order found;
	if (!order(eval, args, &found))
		return false;
	*result = cel_bool(found == CEL_LESS || found == CEL_SAME);
	return true;
}

static bool greater(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	enum cel_order found;
	if (!order(eval, args, &found))
		return false;
	*result = cel_bool(found == CEL_GREATER);
	return true;
}

static bool greater_equal(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	enum cel_order found;
	if (!order(eval, args, &found))
		return false;
	*result = cel_bool(found == CEL_GREATER || found == CEL_SAME);
	return true;
}

static bool not(struct cel_eval * eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_bool(!args[0].boolean);
	return true;
}

static const struct cel_type *deduce_equal(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	return cel_type_comparable(args[0], args[1]) ? cel_type_of(CEL_BOOL) : NULL;
}

static const struct cel_type *deduce_ordered(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	for (size_t i = 0; i < 2; i++) {
		const struct cel_type *other = cel_type_is_dyn(args[1 - i]) ? args[i] : args[1 - i];
		if (!cel_type_is_dyn(args[i]) && !cel_kinds_ordered(args[i]->kind, other->kind))
			return NULL;
	}
	return cel_type_of(CEL_BOOL);
}

const struct cel_overload cel_comparison[] = {
	{ "_==_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, equal, deduce_equal },
	{ "_!=_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, not_equal, deduce_equal },
	{ "_<_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, less, deduce_ordered },
	{ "_<=_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, less_equal, deduce_ordered },
	{ "_>_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, greater, deduce_ordered },
	{ "_>=_", CEL_GLOBAL, 2, { CEL_DYN, CEL_DYN }, CEL_BOOL, greater_equal, deduce_ordered },
	{ "!_", CEL_GLOBAL, 1, { CEL_BOOL }, CEL_BOOL, not, NULL },
	{ 0 },
};
