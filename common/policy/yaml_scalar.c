/* Plain scalars by the core schema (YAML 1.2.2, section 10.3.2), narrowed to what JSON can carry. */
#include "policy/yaml_tree.h"

#include <errno.h>
#include <json-c/json_object.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_MAX ((INT64_C(1) << 53) - 1)

static bool one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && memcmp(*words, text, len) == 0)
			return true;
	return false;
}

static size_t digits(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

static bool digits_of_base(const char *text, size_t len, int base)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool octal = c >= '0' && c <= '7';
		bool hex = octal || c == '8' || c == '9' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		if (base == 8 ? !octal : !hex)
			return false;
	}
	return len > 0;
}

/* The base of an integer; 0 if it is none. *skip is the length of what stands before its digits. */
static int integer_base(const char *text, size_t len, size_t *skip)
{
	*skip = 2;
	if (len > 2 && memcmp(text, "0o", 2) == 0 && digits_of_base(text + 2, len - 2, 8))
		return 8;
	if (len > 2 && memcmp(text, "0x", 2) == 0 && digits_of_base(text + 2, len - 2, 16))
		return 16;
	*skip = 0;
	size_t sign = len > 0 && (text[0] == '-' || text[0] == '+');
	return len > sign && digits(text + sign, len - sign) == len - sign ? 10 : 0;
}

static bool is_float(const char *text, size_t len)
{
	size_t i = len > 0 && (text[0] == '-' || text[0] == '+');
	size_t whole = digits(text + i, len - i), fraction = 0;
	i += whole;
	if (i < len && text[i] == '.') {
		i++;
		fraction = digits(text + i, len - i);
		i += fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		i++;
		i += i < len && (text[i] == '-' || text[i] == '+');
		size_t exponent = digits(text + i, len - i);
		if (exponent == 0)
			return false;
		i += exponent;
	}
	return i == len;
}

static bool too_large(struct err *err)
{
	return err_set(err, ERR_INVALID, "the number is too large; beyond 2^53 write it as a text, in quotes");
}

static bool integer(const char *text, int base, struct json_object **value, struct err *err)
{
	errno = 0;
	long long number = strtoll(text, NULL, base);
	if (errno != 0 || number > INTEGER_MAX || number < -INTEGER_MAX)
		return too_large(err);
	*value = json_object_new_int64(number);
	return true;
}

/* A large fraction is a whole number, and its canonical form may have no exponent: the same bound for both. */
static bool number(const char *text, struct json_object **value, struct err *err)
{
	double result = strtod(text, NULL);
	if (fabs(result) > (double)INTEGER_MAX)
		return too_large(err);
	*value = json_object_new_double(result);
	return true;
}

bool yaml_scalar_value(const char *text, size_t len, struct json_object **value, struct err *err)
{
	static const char *const nulls[] = { "", "null", "Null", "NULL", "~", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };
	static const char *const not_finite[] = { ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf",
		"-.INF", ".nan", ".NaN", ".NAN", NULL };
	size_t skip;
	int base = integer_base(text, len, &skip);
	if (one_of(text, len, nulls)) {
		*value = NULL;
	} else if (one_of(text, len, trues) || one_of(text, len, falses)) {
		*value = json_object_new_boolean(text[0] == 't' || text[0] == 'T');
	} else if (one_of(text, len, not_finite)) {
		return err_set(err, ERR_INVALID, "infinity and not-a-number are no values here");
	} else if (base != 0) {
		return integer(text + skip, base, value, err);
	} else if (is_float(text, len)) {
		return number(text, value, err);
	} else {
		*value = json_object_new_string_len(text, (int)len);
	}
	return true;
}
