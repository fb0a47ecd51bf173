/* The text of a number as ECMAScript 6 writes it (Number::toString, which RFC 8785 refers to). */
#include "json/json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17 /* enough for any double to be read back */

/* 0.digits * 10^point, without zeros at the end of digits. */
struct decimal {
	char digits[DIGITS_MAX + 1];
	int count;
	int point;
};

static bool reads_back(const struct decimal *d, double number)
{
	char text[DIGITS_MAX + 16];
	snprintf(text, sizeof(text), "0.%se%d", d->digits, d->point);
	return strtod(text, NULL) == number;
}

static void strip_zeros(struct decimal *d)
{
	while (d->count > 1 && d->digits[d->count - 1] == '0')
		d->count--;
	d->digits[d->count] = '\0';
}

/* The decimal of that many digits nearest to number (positive). */
static struct decimal nearest(double number, int count)
{
	char text[DIGITS_MAX + 16]; /* d.ddde-308 */
	snprintf(text, sizeof(text), "%.*e", count - 1, number);
	struct decimal d = { .count = count };
	d.digits[0] = text[0];
	if (count > 1)
		memcpy(d.digits + 1, text + 2, (size_t)count - 1);
	d.point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	return d;
}

/* The next larger decimal of as many digits. */
static struct decimal successor(struct decimal d)
{
	int i = d.count - 1;
	for (; i >= 0 && d.digits[i] == '9'; i--)
		d.digits[i] = '0';
	if (i >= 0) {
		d.digits[i]++;
	} else {
		d.digits[0] = '1';
		d.point++;
	}
	return d;
}

/*
 * Finds the nearest decimal of that many digits that reads back as number. The gap between doubles above a power of two
 * is twice the gap below: there the nearest decimal can miss while its successor, though farther away, reads back.
 */
static bool find(double number, int count, struct decimal *d)
{
	*d = nearest(number, count);
	if (reads_back(d, number))
		return true;
	*d = successor(*d);
	return reads_back(d, number);
}

/*
 * The shortest decimal that reads back as number (positive, finite). A decimal of up to 15 digits survives the way
 * through a normal double, so the search can begin there.
 */
static struct decimal shortest(double number)
{
	struct decimal d;
	int count = number < DBL_MIN ? 1 : DBL_DIG;
	while (count < DIGITS_MAX && !find(number, count, &d))
		count++;
	if (count == DIGITS_MAX)
		d = nearest(number, DIGITS_MAX);
	strip_zeros(&d);
	return d;
}

static void append_zeros(struct buf *out, int count)
{
	for (int i = 0; i < count; i++)
		buf_append_char(out, '0');
}

static void append_decimal(const struct decimal *d, struct buf *out)
{
	size_t count = (size_t)d->count;
	if (d->point >= d->count && d->point <= 21) {
		buf_append(out, d->digits, count);
		append_zeros(out, d->point - d->count);
	} else if (d->point > 0 && d->point <= 21) {
		buf_append(out, d->digits, (size_t)d->point);
		buf_append_char(out, '.');
		buf_append_str(out, d->digits + d->point);
	} else if (d->point > -6 && d->point <= 0) {
		buf_append_str(out, "0.");
		append_zeros(out, -d->point);
		buf_append(out, d->digits, count);
	} else {
		buf_append_char(out, d->digits[0]);
		if (count > 1)
			buf_append_char(out, '.');
		buf_append_str(out, d->digits + 1);
		buf_printf(out, "e%+d", d->point - 1);
	}
}

bool json_number_text(double number, struct buf *out)
{
	if (!isfinite(number))
		return false;
	if (number == 0) { /* minus zero too */
		buf_append_char(out, '0');
		return true;
	}
	if (number < 0)
		buf_append_char(out, '-');
	struct decimal d = shortest(fabs(number));
	append_decimal(&d, out);
	return true;
}

bool json_number_fits(double number)
{
	double size = fabs(number);
	return isfinite(number) && (size <= (double)JSON_INTEGER_MAX || size >= 1e21);
}
