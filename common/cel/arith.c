/* Arithmetic: integers never wrap, doubles follow IEEE 754 (cel-spec, "Numeric Values" and "Overflow"). */
#include "cel/function.h"

#include <string.h>

#include "cel/instant.h"

#define INT_OPERATOR(function, builtin)                                                                     \
	static bool function(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result) \
	{                                                                                                   \
		int64_t value;                                                                              \
		if (builtin(args[0].integer, args[1].integer, &value))                                      \
			return cel_fault(eval, "integer overflow");                                         \
		*result = cel_int(value);                                                                   \
		return true;                                                                                \
	}
#define UINT_OPERATOR(function, builtin)                                                                    \
	static bool function(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result) \
	{                                                                                                   \
		uint64_t value;                                                                             \
		if (builtin(args[0].uinteger, args[1].uinteger, &value))                                    \
			return cel_fault(eval, "unsigned integer overflow");                                \
		*result = cel_uint(value);                                                                  \
		return true;                                                                                \
	}
#define DOUBLE_OPERATOR(function, operator)                                                                 \
	static bool function(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result) \
	{                                                                                                   \
		(void)eval;                                                                                 \
		*result = cel_double(args[0].number operator args[1].number);                               \
		return true;                                                                                \
	}

INT_OPERATOR(add_int, __builtin_add_overflow)
INT_OPERATOR(subtract_int, __builtin_sub_overflow)
INT_OPERATOR(multiply_int, __builtin_mul_overflow)
UINT_OPERATOR(add_uint, __builtin_add_overflow)
UINT_OPERATOR(subtract_uint, __builtin_sub_overflow)
UINT_OPERATOR(multiply_uint, __builtin_mul_overflow)
DOUBLE_OPERATOR(add_double, +)
DOUBLE_OPERATOR(subtract_double, -)
DOUBLE_OPERATOR(multiply_double, *)
DOUBLE_OPERATOR(divide_double, /)

static bool divide_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[1].integer == 0)
		return cel_fault(eval, "division by zero");
	if (args[0].integer == INT64_MIN && args[1].integer == -1)
		return cel_fault(eval, "integer overflow");
	*result = cel_int(args[0].integer / args[1].integer);
	return true;
}

static bool divide_uint(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[1].uinteger == 0)
		return cel_fault(eval, "division by zero");
	*result = cel_uint(args[0].uinteger / args[1].uinteger);
	return true;
}

static bool modulo_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[1].integer == 0)
		return cel_fault(eval, "modulus by zero");
	if (args[0].integer == INT64_MIN && args[1].integer == -1)
		return cel_fault(eval, "integer overflow");
	*result = cel_int(args[0].integer % args[1].integer);
	return true;
}

static bool modulo_uint(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[1].uinteger == 0)
		return cel_fault(eval, "modulus by zero");
	*result = cel_uint(args[0].uinteger % args[1].uinteger);
	return true;
}

static bool negate_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[0].integer == INT64_MIN)
		return cel_fault(eval, "integer overflow");
	*result = cel_int(-args[0].integer);
	return true;
}

static bool negate_double(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_double(-args[0].number);
	return true;
}

static bool add_texts(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	size_t len = args[0].text.len + args[1].text.len;
	if (!cel_charge(eval, len))
		return false;
	char *text = arena_alloc(eval->arena, len + 1);
	char *end = args[0].text.len > 0 ? mempcpy(text, args[0].text.data, args[0].text.len) : text;
	if (args[1].text.len > 0)
		memcpy(end, args[1].text.data, args[1].text.len);
	*result = cel_text_value(args[0].kind, text, len);
	return true;
}

static bool add_lists(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	size_t count = args[0].list.count + args[1].list.count;
	if (!cel_charge(eval, count))
		return false;
	struct cel_value *items = arena_array(eval->arena, count, sizeof(*items));
	struct cel_value *end = items;
	for (size_t i = 0; i < args[0].list.count; i++)
		*end++ = args[0].list.items[i];
	for (size_t i = 0; i < args[1].list.count; i++)
		*end++ = args[1].list.items[i];
	*result = (struct cel_value){ .kind = CEL_LIST, .list = { items, count } };
	return true;
}

static const struct cel_type *deduce_list(struct arena *arena, const struct cel_type *const *args)
{
	if (args[0]->kind != CEL_LIST || args[1]->kind != CEL_LIST)
		return cel_type_of(CEL_LIST);
	if (!cel_type_unifies(args[0], args[1]))
		return NULL;
	return cel_type_join(arena, args[0], args[1]);
}

const struct cel_overload cel_arithmetic[] = {
	{ "_+_", CEL_GLOBAL, 2, { CEL_INT, CEL_INT }, CEL_INT, add_int, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_UINT, CEL_UINT }, CEL_UINT, add_uint, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_DOUBLE, CEL_DOUBLE }, CEL_DOUBLE, add_double, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_STRING, CEL_STRING }, CEL_STRING, add_texts, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_BYTES, CEL_BYTES }, CEL_BYTES, add_texts, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_LIST, CEL_LIST }, CEL_LIST, add_lists, deduce_list },
	{ "_+_", CEL_GLOBAL, 2, { CEL_TIMESTAMP, CEL_DURATION }, CEL_TIMESTAMP, cel_add_times, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_DURATION, CEL_TIMESTAMP }, CEL_TIMESTAMP, cel_add_times, NULL },
	{ "_+_", CEL_GLOBAL, 2, { CEL_DURATION, CEL_DURATION }, CEL_DURATION, cel_add_times, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_INT, CEL_INT }, CEL_INT, subtract_int, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_UINT, CEL_UINT }, CEL_UINT, subtract_uint, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_DOUBLE, CEL_DOUBLE }, CEL_DOUBLE, subtract_double, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_TIMESTAMP, CEL_TIMESTAMP }, CEL_DURATION, cel_subtract_times, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_TIMESTAMP, CEL_DURATION }, CEL_TIMESTAMP, cel_subtract_times, NULL },
	{ "_-_", CEL_GLOBAL, 2, { CEL_DURATION, CEL_DURATION }, CEL_DURATION, cel_subtract_times, NULL },
	{ "_*_", CEL_GLOBAL, 2, { CEL_INT, CEL_INT }, CEL_INT, multiply_int, NULL },
	{ "_*_", CEL_GLOBAL, 2, { CEL_UINT, CEL_UINT }, CEL_UINT, multiply_uint, NULL },
	{ "_*_", CEL_GLOBAL, 2, { CEL_DOUBLE, CEL_DOUBLE }, CEL_DOUBLE, multiply_double, NULL },
	{ "_/_", CEL_GLOBAL, 2, { CEL_INT, CEL_INT }, CEL_INT, divide_int, NULL },
	{ "_/_", CEL_GLOBAL, 2, { CEL_UINT, CEL_UINT }, CEL_UINT, divide_uint, NULL },
	{ "_/_", CEL_GLOBAL, 2, { CEL_DOUBLE, CEL_DOUBLE }, CEL_DOUBLE, divide_double, NULL },
	{ "_%_", CEL_GLOBAL, 2, { CEL_INT, CEL_INT }, CEL_INT, modulo_int, NULL },
	{ "_%_", CEL_GLOBAL, 2, { CEL_UINT, CEL_UINT }, CEL_UINT, modulo_uint, NULL },
	{ "-_", CEL_GLOBAL, 1, { CEL_INT }, CEL_INT, negate_int, NULL },
	{ "-_", CEL_GLOBAL, 1, { CEL_DOUBLE }, CEL_DOUBLE, negate_double, NULL },
	{ 0 },
};
