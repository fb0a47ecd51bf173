#include "cel/type.h"

const struct cel_type *cel_type_of(enum cel_kind kind)
{
	static const struct cel_type dyn = { .kind = CEL_DYN };
	static const struct cel_type types[] = {
		[CEL_NULL] = { .kind = CEL_NULL },
		[CEL_BOOL] = { .kind = CEL_BOOL },
		[CEL_INT] = { .kind = CEL_INT },
		[CEL_UINT] = { .kind = CEL_UINT },
		[CEL_DOUBLE] = { .kind = CEL_DOUBLE },
		[CEL_STRING] = { .kind = CEL_STRING },
		[CEL_BYTES] = { .kind = CEL_BYTES },
		[CEL_LIST] = { .kind = CEL_LIST, .element = &dyn },
		[CEL_MAP] = { .kind = CEL_MAP, .key = &dyn, .element = &dyn },
		[CEL_TIMESTAMP] = { .kind = CEL_TIMESTAMP },
		[CEL_DURATION] = { .kind = CEL_DURATION },
		[CEL_TYPE] = { .kind = CEL_TYPE },
	};
	return kind == CEL_DYN ? &dyn : &types[kind];
}

const struct cel_type *cel_type_open(void)
{
	static const struct cel_type open = { .kind = CEL_DYN, .open = true };
	return &open;
}

const struct cel_type *cel_type_list(struct arena *arena, const struct cel_type *element)
{
	struct cel_type *type = arena_alloc(arena, sizeof(*type));
	*type = (struct cel_type){ .kind = CEL_LIST, .element = element };
	return type;
}

const struct cel_type *cel_type_map(struct arena *arena, const struct cel_type *key, const struct cel_type *value)
{
	struct cel_type *type = arena_alloc(arena, sizeof(*type));
	*type = (struct cel_type){ .kind = CEL_MAP, .key = key, .element = value };
	return type;
}

bool cel_type_is_dyn(const struct cel_type *type)
{
	return type->kind == CEL_DYN;
}

bool cel_type_is_numeric(const struct cel_type *type)
{
	return type->kind == CEL_INT || type->kind == CEL_UINT || type->kind == CEL_DOUBLE;
}

static bool fits(const struct cel_type *a, const struct cel_type *b, bool across_numbers)
{
	if (cel_type_is_dyn(a) || cel_type_is_dyn(b))
		return true;
	if (a->kind != b->kind)
		return across_numbers && cel_type_is_numeric(a) && cel_type_is_numeric(b);
	if (a->kind == CEL_LIST)
		return fits(a->element, b->element, across_numbers);
	return a->kind != CEL_MAP ||
	       (fits(a->key, b->key, across_numbers) && fits(a->element, b->element, across_numbers));
}

bool cel_type_comparable(const struct cel_type *a, const struct cel_type *b)
{
	return fits(a, b, true);
}

bool cel_type_unifies(const struct cel_type *a, const struct cel_type *b)
{
	return fits(a, b, false);
}

const struct cel_type *cel_type_join(struct arena *arena, const struct cel_type *a, const struct cel_type *b)
{
	if (a == b || b->open)
		return a;
	if (a->open)
		return b;
	if (a->kind != b->kind || !cel_type_unifies(a, b))
		return cel_type_of(CEL_DYN);
	if (a->kind == CEL_LIST)
		return cel_type_list(arena, cel_type_join(arena, a->element, b->element));
	if (a->kind == CEL_MAP)
		return cel_type_map(
			arena, cel_type_join(arena, a->key, b->key), cel_type_join(arena, a->element, b->element));
	return a;
}

void cel_type_format(const struct cel_type *type, struct buf *out)
{
	buf_append_str(out, cel_kind_name(type->kind));
	if (type->kind != CEL_LIST && type->kind != CEL_MAP)
		return;
	buf_append_char(out, '(');
	if (type->kind == CEL_MAP) {
		cel_type_format(type->key, out);
		buf_append_str(out, ", ");
	}
	cel_type_format(type->element, out);
	buf_append_char(out, ')');
}
