/* Conversions between the kinds (cel-spec, "Type Conversion"); what does not fit exactly enough is an error. */
#include "cel/function.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/instant.h"

#define NUMBER_TEXT_MAX 512 /* characters of a number in text: no shorter one is cut */

static bool same(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = args[0];
	return true;
}

static bool type_of(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_type_value(args[0].kind);
	return true;
}

static bool fault_text(struct cel_eval *eval, const struct cel_value *value, const char *kind)
{
	return cel_fault(eval, "'%.*s' is no %s", CEL_SHOWN(value->text), kind);
}

static bool int_from_uint(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[0].uinteger > INT64_MAX)
		return cel_fault(eval, "integer overflow");
	*result = cel_int((int64_t)args[0].uinteger);
	return true;
}

static bool int_from_double(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!(args[0].number > -0x1p63 && args[0].number < 0x1p63))
		return cel_fault(eval, "integer overflow");
	*result = cel_int((int64_t)args[0].number);
	return true;
}

/* Decimal digits only, which strto* would not insist on. */
static bool read_digits(const struct cel_value *value, size_t at, uint64_t *number)
{
	*number = 0;
	if (at >= value->text.len)
		return false;
	for (; at < value->text.len; at++) {
		char c = value->text.data[at];
		if (c < '0' || c > '9' || __builtin_mul_overflow(*number, 10, number) ||
			__builtin_add_overflow(*number, (uint64_t)(c - '0'), number))
			return false;
	}
	return true;
}

static bool int_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	bool negative = args[0].text.len > 0 && args[0].text.data[0] == '-';
	bool sign = negative || (args[0].text.len > 0 && args[0].text.data[0] == '+');
	uint64_t magnitude;
	if (!read_digits(&args[0], sign, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
		return fault_text(eval, &args[0], "int");
	*result = cel_int((int64_t)(negative ? -magnitude : magnitude));
	return true;
}

static bool int_from_timestamp(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int(args[0].time.seconds);
	return true;
}

static bool uint_from_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (args[0].integer < 0)
		return cel_fault(eval, "unsigned integer overflow");
	*result = cel_uint((uint64_t)args[0].integer);
	return true;
}

static bool uint_from_double(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!(args[0].number >= 0 && args[0].number < 0x1p64))
		return cel_fault(eval, "unsigned integer overflow");
	*result = cel_uint((uint64_t)args[0].number);
	return true;
}

static bool uint_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	uint64_t number;
	if (!read_digits(&args[0], 0, &number))
		return fault_text(eval, &args[0], "uint");
	*result = cel_uint(number);
	return true;
}

static bool double_from_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_double((double)args[0].integer);
	return true;
}

static bool double_from_uint(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_double((double)args[0].uinteger);
	return true;
}

/* strtod takes blanks and hexadecimal digits too, which are no numbers here. */
static bool double_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[NUMBER_TEXT_MAX + 1];
	size_t len = args[0].text.len;
	if (len == 0 || len > NUMBER_TEXT_MAX)
		return fault_text(eval, &args[0], "double");
	memcpy(text, args[0].text.data, len);
	text[len] = '\0';
	char *end;
	errno = 0;
	double number = strtod(text, &end);
	bool overflow = errno == ERANGE && isinf(number);
	if (end != text + len || isspace((unsigned char)text[0]) || strpbrk(text, "xX(") != NULL || overflow)
		return fault_text(eval, &args[0], "double");
	*result = cel_double(number);
	return true;
}

static bool copy_text(struct cel_eval *eval, enum cel_kind kind, const char *text, size_t len, struct cel_value *result)
{
	if (!cel_charge_bytes(eval, len))
		return false;
	*result = cel_text_value(kind, arena_strndup(eval->arena, text, len), len);
	return true;
}

static bool string_from_bool(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_string(args[0].boolean ? "true" : "false");
	return true;
}

static bool string_from_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%" PRId64, args[0].integer);
	return copy_text(eval, CEL_STRING, text, (size_t)len, result);
}

static bool string_from_uint(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%" PRIu64, args[0].uinteger);
	return copy_text(eval, CEL_STRING, text, (size_t)len, result);
}

/* The fewest digits that read back to the same number; an exponent below 1e-4 and from 1e21 on. */
static size_t format_double(double number, char text[static 40])
{
	if (isnan(number))
		return (size_t)snprintf(text, 40, "NaN");
	if (isinf(number))
		return (size_t)snprintf(text, 40, number > 0 ? "+Inf" : "-Inf");
	char digits[40];
	int precision = 0;
	do
		snprintf(digits, sizeof(digits), "%.*e", precision, number);
	while (strtod(digits, NULL) != number && ++precision < 17);
	int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
	if (number != 0 && (exponent < -4 || exponent >= 21))
		return (size_t)snprintf(text, 40, "%s", digits);
	if (exponent <= precision)
		return (size_t)snprintf(text, 40, "%.*f", precision - exponent, number);
	/* "%.0f" would write digits past those that count; there zeros belong. */
	size_t len = 0;
	for (const char *c = digits; *c != 'e'; c++)
		if (*c != '.')
			text[len++] = *c;
	for (int zeros = exponent - precision; zeros > 0; zeros--)
		text[len++] = '0';
	return len;
}

static bool string_from_double(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[40];
	size_t len = format_double(args[0].number, text);
	return copy_text(eval, CEL_STRING, text, len, result);
}

static bool string_from_bytes(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!cel_charge_bytes(eval, args[0].text.len))
		return false;
	if (!utf8_valid(args[0].text.data, args[0].text.len))
		return cel_fault(eval, "the bytes are not UTF-8");
	*result = cel_text_value(CEL_STRING, args[0].text.data, args[0].text.len);
	return true;
}

static bool string_from_timestamp(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[CEL_TIME_TEXT_SIZE];
	size_t len = cel_timestamp_format(&args[0], text);
	return copy_text(eval, CEL_STRING, text, len, result);
}

static bool string_from_duration(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	char text[CEL_TIME_TEXT_SIZE];
	size_t len = cel_duration_format(&args[0], text);
	return copy_text(eval, CEL_STRING, text, len, result);
}

static bool bytes_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_text_value(CEL_BYTES, args[0].text.data, args[0].text.len);
	return true;
}

static bool bool_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	static const char *const words[2][6] = { { "0", "f", "F", "false", "False", "FALSE" },
		{ "1", "t", "T", "true", "True", "TRUE" } };
	for (size_t i = 0; i < 12; i++) {
		if (cel_text_is(args[0].text, words[i / 6][i % 6])) {
			*result = cel_bool(i >= 6);
			return true;
		}
	}
	return fault_text(eval, &args[0], "bool");
}

static bool timestamp_from_int(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!cel_timestamp_in_range(args[0].integer))
		return cel_fault(eval, "timestamp out of range");
	*result = (struct cel_value){ .kind = CEL_TIMESTAMP, .time = { args[0].integer, 0 } };
	return true;
}

static bool timestamp_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	return cel_timestamp_parse(args[0].text.data, args[0].text.len, result) ||
	       fault_text(eval, &args[0], "timestamp");
}

static bool duration_from_string(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	return cel_charge_bytes(eval, args[0].text.len) &&
	       (cel_duration_parse(args[0].text.data, args[0].text.len, result) ||
		       fault_text(eval, &args[0], "duration"));
}

const struct cel_overload cel_conversion_functions[] = {
	{ "dyn", CEL_GLOBAL, 1, { CEL_DYN }, CEL_DYN, same, NULL },
	{ "type", CEL_GLOBAL, 1, { CEL_DYN }, CEL_TYPE, type_of, NULL },
	{ "int", CEL_GLOBAL, 1, { CEL_INT }, CEL_INT, same, NULL },
	{ "int", CEL_GLOBAL, 1, { CEL_UINT }, CEL_INT, int_from_uint, NULL },
	{ "int", CEL_GLOBAL, 1, { CEL_DOUBLE }, CEL_INT, int_from_double, NULL },
	{ "int", CEL_GLOBAL, 1, { CEL_STRING }, CEL_INT, int_from_string, NULL },
	{ "int", CEL_GLOBAL, 1, { CEL_TIMESTAMP }, CEL_INT, int_from_timestamp, NULL },
	{ "uint", CEL_GLOBAL, 1, { CEL_UINT }, CEL_UINT, same, NULL },
	{ "uint", CEL_GLOBAL, 1, { CEL_INT }, CEL_UINT, uint_from_int, NULL },
	{ "uint", CEL_GLOBAL, 1, { CEL_DOUBLE }, CEL_UINT, uint_from_double, NULL },
	{ "uint", CEL_GLOBAL, 1, { CEL_STRING }, CEL_UINT, uint_from_string, NULL },
	{ "double", CEL_GLOBAL, 1, { CEL_DOUBLE }, CEL_DOUBLE, same, NULL },
	{ "double", CEL_GLOBAL, 1, { CEL_INT }, CEL_DOUBLE, double_from_int, NULL },
	{ "double", CEL_GLOBAL, 1, { CEL_UINT }, CEL_DOUBLE, double_from_uint, NULL },
	{ "double", CEL_GLOBAL, 1, { CEL_STRING }, CEL_DOUBLE, double_from_string, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_STRING }, CEL_STRING, same, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_BOOL }, CEL_STRING, string_from_bool, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_INT }, CEL_STRING, string_from_int, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_UINT }, CEL_STRING, string_from_uint, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_DOUBLE }, CEL_STRING, string_from_double, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_BYTES }, CEL_STRING, string_from_bytes, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_TIMESTAMP }, CEL_STRING, string_from_timestamp, NULL },
	{ "string", CEL_GLOBAL, 1, { CEL_DURATION }, CEL_STRING, string_from_duration, NULL },
	{ "bytes", CEL_GLOBAL, 1, { CEL_BYTES }, CEL_BYTES, same, NULL },
	{ "bytes", CEL_GLOBAL, 1, { CEL_STRING }, CEL_BYTES, bytes_from_string, NULL },
	{ "bool", CEL_GLOBAL, 1, { CEL_BOOL }, CEL_BOOL, same, NULL },
	{ "bool", CEL_GLOBAL, 1, { CEL_STRING }, CEL_BOOL, bool_from_string, NULL },
	{ "timestamp", CEL_GLOBAL, 1, { CEL_TIMESTAMP }, CEL_TIMESTAMP, same, NULL },
	{ "timestamp", CEL_GLOBAL, 1, { CEL_INT }, CEL_TIMESTAMP, timestamp_from_int, NULL },
	{ "timestamp", CEL_GLOBAL, 1, { CEL_STRING }, CEL_TIMESTAMP, timestamp_from_string, NULL },
	{ "duration", CEL_GLOBAL, 1, { CEL_DURATION }, CEL_DURATION, same, NULL },
	{ "duration", CEL_GLOBAL, 1, { CEL_STRING }, CEL_DURATION, duration_from_string, NULL },
	{ 0 },
};
