/* Lists, maps and the sizes of things: size(), in, and the index. */
#include "cel/function.h"

#include <math.h>

static bool size_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!cel_charge_bytes(eval, args[0].text.len))
		return false;
	int64_t characters = 0;
	for (size_t i = 0; i < args[0].text.len; i++)
		characters += ((unsigned char)args[0].text.data[i] & 0xc0) != 0x80;
	*result = cel_int(characters);
	return true;
}

static bool size_bytes(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int((int64_t)args[0].text.len);
	return true;
}

static bool size_list(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int((int64_t)args[0].list.count);
	return true;
}

static bool size_map(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int((int64_t)args[0].map.count);
	return true;
}

static bool in_list(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	bool found = false;
	for (size_t i = 0; !found && i < args[1].list.count; i++)
		found = cel_equal_metered(&args[0], &args[1].list.items[i], &eval->meter);
	*result = cel_bool(found);
	return cel_charge(eval, 0);
}

static bool in_map(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	*result = cel_bool(cel_map_find(&args[1], &args[0], &eval->meter) != NULL);
	return cel_charge(eval, 0);
}

/* A number of any kind that is a whole one. */
static bool list_index(const struct cel_value *value, uint64_t *index)
{
	if (value->kind == CEL_DOUBLE) {
		if (!(value->number >= 0 && value->number < 0x1p53) || trunc(value->number) != value->number)
			return false;
		*index = (uint64_t)value->number;
		return true;
	}
	*index = value->uinteger;
	return value->kind == CEL_UINT || (value->kind == CEL_INT && value->integer >= 0);
}

static bool index_list(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	uint64_t index;
	if (!cel_is_numeric(args[1].kind))
		return cel_fault(eval, "the index of a list is a number, not %s", cel_kind_name(args[1].kind));
	if (!list_index(&args[1], &index) || index >= args[0].list.count)
		return cel_fault(eval, "index out of bounds: the list has %zu elements", args[0].list.count);
	*result = args[0].list.items[index];
	return true;
}

static bool index_map(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	const struct cel_value *found = cel_map_find(&args[0], &args[1], &eval->meter);
	if (!cel_charge(eval, 0))
		return false;
	if (found == NULL)
		return args[1].kind == CEL_STRING ? cel_fault(eval, "no such key: '%.*s'", CEL_SHOWN(args[1].text))
						  : cel_fault(eval, "no such key");
	*result = *found;
	return true;
}

static const struct cel_type *deduce_in_list(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	return args[1]->kind != CEL_LIST || cel_type_comparable(args[0], args[1]->element) ? cel_type_of(CEL_BOOL)
											   : NULL;
}

static const struct cel_type *deduce_in_map(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	return args[1]->kind != CEL_MAP || cel_type_comparable(args[0], args[1]->key) ? cel_type_of(CEL_BOOL) : NULL;
}

static const struct cel_type *element_of(const struct cel_type *collection)
{
	bool known = collection->kind == CEL_LIST || collection->kind == CEL_MAP;
	return known && !collection->element->open ? collection->element : cel_type_of(CEL_DYN);
}

static const struct cel_type *deduce_index_list(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	return cel_type_is_numeric(args[1]) || cel_type_is_dyn(args[1]) ? element_of(args[0]) : NULL;
}

static const struct cel_type *deduce_index_map(struct arena *arena, const struct cel_type *const *args)
{
	(void)arena;
	if (args[0]->kind == CEL_MAP && !cel_type_comparable(args[0]->key, args[1]))
		return NULL;
	return element_of(args[0]);
}

const struct cel_overload cel_collection_functions[] = {
	{ "size", CEL_GLOBAL | CEL_METHOD, 1, { CEL_STRING }, CEL_INT, size_string, NULL },
	{ "size", CEL_GLOBAL | CEL_METHOD, 1, { CEL_BYTES }, CEL_INT, size_bytes, NULL },
	{ "size", CEL_GLOBAL | CEL_METHOD, 1, { CEL_LIST }, CEL_INT, size_list, NULL },
	{ "size", CEL_GLOBAL | CEL_METHOD, 1, { CEL_MAP }, CEL_INT, size_map, NULL },
	{ "_in_", CEL_GLOBAL, 2, { CEL_DYN, CEL_LIST }, CEL_BOOL, in_list, deduce_in_list },
	{ "_in_", CEL_GLOBAL, 2, { CEL_DYN, CEL_MAP }, CEL_BOOL, in_map, deduce_in_map },
	{ "_[_]", CEL_GLOBAL, 2, { CEL_LIST, CEL_DYN }, CEL_DYN, index_list, deduce_index_list },
	{ "_[_]", CEL_GLOBAL, 2, { CEL_MAP, CEL_DYN }, CEL_DYN, index_map, deduce_index_map },
	{ 0 },
};
