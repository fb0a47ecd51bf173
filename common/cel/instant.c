#include "cel/instant.h"

#include <stdio.h>
#include <string.h>

#define NANOS_PER_S 1000000000
#define SECONDS_PER_DAY 86400
#define TIMESTAMP_MIN INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define TIMESTAMP_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

bool cel_timestamp_in_range(int64_t seconds)
{
	return seconds >= TIMESTAMP_MIN && seconds <= TIMESTAMP_MAX;
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar; a year starts in March here, so that the leap
 * day is its last. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct cel_civil cel_civil_from_seconds(int64_t seconds)
{
	int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
	unsigned rest = (unsigned)(seconds - days * SECONDS_PER_DAY);
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	struct cel_civil civil = {
		.month = (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9),
		.day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.day_of_week = (unsigned)(((days % 7) + 7 + 4) % 7), /* 1970-01-01 was a Thursday */
	};
	civil.year = year_of_era + era * 400 + (civil.month <= 2);
	civil.day_of_year = (unsigned)(days - days_from_date(civil.year, 1, 1));
	return civil;
}

struct reader {
	const char *at;
	const char *end;
};

static bool read_char(struct reader *r, const char *one_of)
{
	if (r->at == r->end || *r->at == '\0' || strchr(one_of, *r->at) == NULL)
		return false;
	r->at++;
	return true;
}

static bool at_digit(const struct reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Exactly so many digits, a number from min to max. */
static bool read_number(struct reader *r, unsigned digits, unsigned min, unsigned max, unsigned *number)
{
	*number = 0;
	for (unsigned i = 0; i < digits; i++) {
		if (!at_digit(r))
			return false;
		*number = *number * 10 + (unsigned)(*r->at++ - '0');
	}
	return *number >= min && *number <= max;
}

static bool read_fraction(struct reader *r, int32_t *nanos)
{
	*nanos = 0;
	if (!read_char(r, "."))
		return true;
	if (!at_digit(r))
		return false;
	for (int32_t unit = NANOS_PER_S / 10; at_digit(r); unit /= 10)
		*nanos += (*r->at++ - '0') * unit;
	return true;
}

static bool read_offset(struct reader *r, int64_t *seconds)
{
	*seconds = 0;
	if (read_char(r, "Zz"))
		return true;
	bool behind = r->at < r->end && *r->at == '-';
	unsigned hours;
	unsigned minutes;
	if (!read_char(r, "+-") || !read_number(r, 2, 0, 23, &hours) || !read_char(r, ":") ||
		!read_number(r, 2, 0, 59, &minutes))
		return false;
	*seconds = (int64_t)(hours * 60 + minutes) * (behind ? -60 : 60);
	return true;
}

bool cel_timestamp_parse(const char *text, size_t len, struct cel_value *value)
{
	struct reader r = { text, text + len };
	unsigned year, month, day, hour, minute, second;
	int32_t nanos;
	int64_t offset;
	if (!read_number(&r, 4, 0, 9999, &year) || !read_char(&r, "-") || !read_number(&r, 2, 1, 12, &month) ||
		!read_char(&r, "-") || !read_number(&r, 2, 1, 31, &day) || !read_char(&r, "Tt") ||
		!read_number(&r, 2, 0, 23, &hour) || !read_char(&r, ":") || !read_number(&r, 2, 0, 59, &minute) ||
		!read_char(&r, ":") || !read_number(&r, 2, 0, 59, &second) || !read_fraction(&r, &nanos) ||
		!read_offset(&r, &offset) || r.at != r.end)
		return false;
	int64_t days = days_from_date(year, month, day);
	struct cel_civil back = cel_civil_from_seconds(days * SECONDS_PER_DAY);
	if (back.month != month || back.day != day) /* such as 30 February */
		return false;
	int64_t seconds = days * SECONDS_PER_DAY + (int64_t)(hour * 3600 + minute * 60 + second) - offset;
	if (!cel_timestamp_in_range(seconds))
		return false;
	*value = (struct cel_value){ .kind = CEL_TIMESTAMP, .time = { seconds, nanos } };
	return true;
}

static bool duration_from_nanos(__int128 nanos, struct cel_value *value)
{
	if (nanos < INT64_MIN || nanos > INT64_MAX)
		return false;
	*value = (struct cel_value){ .kind = CEL_DURATION,
		.time = { (int64_t)(nanos / NANOS_PER_S), (int32_t)(nanos % NANOS_PER_S) } };
	return true;
}

static bool read_unit(struct reader *r, int64_t *nanos)
{
	static const struct {
		const char *name;
		int64_t nanos;
	} units[] = { /* the longer ones first */
		{ "ms", 1000000 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "\xce\xbcs", 1000 }, { "ns", 1 },
		{ "s", NANOS_PER_S }, { "m", INT64_C(60) * NANOS_PER_S }, { "h", INT64_C(3600) * NANOS_PER_S }
	};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].name);
		if ((size_t)(r->end - r->at) >= len && memcmp(r->at, units[i].name, len) == 0) {
			r->at += len;
			*nanos = units[i].nanos;
			return true;
		}
	}
	return false;
}

/* One number with its unit, such as "1.5h"; past 64 bits it is refused. */
static bool read_term(struct reader *r, __int128 *nanos)
{
	__int128 whole = 0;
	__int128 fraction = 0;
	__int128 scale = 1;
	const char *start = r->at;
	for (; at_digit(r); r->at++) {
		whole = whole * 10 + (*r->at - '0');
		if (whole > INT64_MAX)
			return false;
	}
	size_t digits = (size_t)(r->at - start);
	if (read_char(r, ".")) {
		for (; at_digit(r); r->at++, digits++) {
			if (scale < INT64_C(1000000000000000)) {
				fraction = fraction * 10 + (*r->at - '0');
				scale *= 10;
			}
		}
	}
	int64_t unit;
	if (digits == 0 || !read_unit(r, &unit))
		return false;
	*nanos = whole * unit + fraction * unit / scale;
	return true;
}

bool cel_duration_parse(const char *text, size_t len, struct cel_value *value)
{
	struct reader r = { text, text + len };
	bool negative = len > 0 && text[0] == '-';
	__int128 total = 0;
	if (!read_char(&r, "+-") && len == 0)
		return false;
	if (r.end - r.at == 1 && *r.at == '0')
		return duration_from_nanos(0, value);
	if (r.at == r.end)
		return false;
	while (r.at < r.end) {
		__int128 term;
		if (!read_term(&r, &term))
			return false;
		total += term;
		if (total > (__int128)INT64_MAX + 1)
			return false;
	}
	return duration_from_nanos(negative ? -total : total, value);
}

/* Appends ".5" with as many digits as needed, nothing for 0. */
static size_t format_fraction(int32_t nanos, char *text)
{
	if (nanos == 0)
		return 0;
	unsigned digits = (unsigned)(nanos < 0 ? -nanos : nanos);
	int len = snprintf(text, 16, ".%09u", digits);
	while (len > 0 && text[len - 1] == '0')
		len--;
	return (size_t)len;
}

size_t cel_timestamp_format(const struct cel_value *value, char *text)
{
	struct cel_civil civil = cel_civil_from_seconds(value->time.seconds);
	size_t len = (size_t)snprintf(text, CEL_TIME_TEXT_SIZE - 16, "%04lld-%02u-%02uT%02u:%02u:%02u",
		(long long)civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second);
	len += format_fraction(value->time.nanos, text + len);
	text[len++] = 'Z';
	text[len] = '\0';
	return len;
}

size_t cel_duration_format(const struct cel_value *value, char *text)
{
	bool negative = value->time.seconds < 0 || value->time.nanos < 0;
	uint64_t seconds = negative ? -(uint64_t)value->time.seconds : (uint64_t)value->time.seconds;
	size_t len = (size_t)snprintf(
		text, CEL_TIME_TEXT_SIZE - 16, "%s%llu", negative ? "-" : "", (unsigned long long)seconds);
	len += format_fraction(value->time.nanos, text + len);
	text[len++] = 's';
	text[len] = '\0';
	return len;
}

static __int128 nanos_of(const struct cel_value *value)
{
	return (__int128)value->time.seconds * NANOS_PER_S + value->time.nanos;
}

static bool time_from_nanos(struct cel_eval *eval, enum cel_kind kind, __int128 nanos, struct cel_value *result)
{
	if (kind == CEL_DURATION)
		return duration_from_nanos(nanos, result) || cel_fault(eval, "duration out of range");
	__int128 seconds = nanos / NANOS_PER_S - (nanos % NANOS_PER_S < 0);
	if (seconds < TIMESTAMP_MIN || seconds > TIMESTAMP_MAX)
		return cel_fault(eval, "timestamp out of range");
	*result = (struct cel_value){ .kind = CEL_TIMESTAMP,
		.time = { (int64_t)seconds, (int32_t)(nanos - seconds * NANOS_PER_S) } };
	return true;
}

bool cel_add_times(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	bool durations = args[0].kind == CEL_DURATION && args[1].kind == CEL_DURATION;
	return time_from_nanos(
		eval, durations ? CEL_DURATION : CEL_TIMESTAMP, nanos_of(&args[0]) + nanos_of(&args[1]), result);
}

bool cel_subtract_times(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	enum cel_kind kind = args[0].kind == args[1].kind ? CEL_DURATION : CEL_TIMESTAMP;
	return time_from_nanos(eval, kind, nanos_of(&args[0]) - nanos_of(&args[1]), result);
}
