#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * CLOCK_US_PER_S + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

char *clock_format(int64_t time_us, char *text)
{
	int64_t seconds = time_us / CLOCK_US_PER_S;
	int64_t fraction = time_us % CLOCK_US_PER_S;
	if (fraction < 0) {
		fraction += CLOCK_US_PER_S;
		seconds--;
	}
	time_t t = (time_t)seconds;
	struct tm tm;
	struct tm *converted = gmtime_r(&t, &tm);
	assert(converted != NULL && tm.tm_year >= 1 - 1900 && tm.tm_year <= 9999 - 1900);
	int n = snprintf(text, CLOCK_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u",
		(unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)(tm.tm_mon + 1) % 100u, (unsigned)tm.tm_mday % 100u,
		(unsigned)tm.tm_hour % 100u, (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
	size_t room = CLOCK_RFC3339_SIZE - (size_t)n;
	if (fraction == 0)
		snprintf(text + n, room, "Z");
	else if (fraction % 1000 == 0)
		snprintf(text + n, room, ".%03dZ", (int)(fraction / 1000));
	else
		snprintf(text + n, room, ".%06dZ", (int)fraction);
	return text;
}

/* Reads exactly n digits. */
static bool digits(const char **p, const char *end, int n, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		if (*p == end || **p < '0' || **p > '9')
			return false;
		*value = *value * 10 + (**p - '0');
	}
	return true;
}

static bool literal(const char **p, const char *end, char c)
{
	if (*p == end || **p != c)
		return false;
	(*p)++;
	return true;
}

static bool leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return month == 2 && leap_year(year) ? 29 : days[month - 1];
}

static bool fraction_us(const char **p, const char *end, int *us)
{
	*us = 0;
	if (*p == end || **p != '.')
		return true;
	(*p)++;
	int scale = 100000, count = 0;
	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++, count++) {
		*us += (**p - '0') * scale;
		scale /= 10;
	}
	return count > 0;
}

static bool offset_minutes(const char **p, const char *end, int *minutes)
{
	*minutes = 0;
	if (*p == end)
		return false;
	char sign = *(*p)++;
	if (sign == 'Z' || sign == 'z')
		return true;
	int hour, minute;
	if ((sign != '+' && sign != '-') || !digits(p, end, 2, &hour) || !literal(p, end, ':') ||
		!digits(p, end, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
	return true;
}

bool clock_parse(const char *text, size_t len, int64_t *time_us, struct err *err)
{
	const char *p = text, *end = text + len;
	int year, month, day, hour, minute, second, us, offset;
	bool well_formed = digits(&p, end, 4, &year) && literal(&p, end, '-') && digits(&p, end, 2, &month) &&
			   literal(&p, end, '-') && digits(&p, end, 2, &day) && p < end && (*p == 'T' || *p == 't') &&
			   p++ && digits(&p, end, 2, &hour) && literal(&p, end, ':') && digits(&p, end, 2, &minute) &&
			   literal(&p, end, ':') && digits(&p, end, 2, &second) && fraction_us(&p, end, &us) &&
			   offset_minutes(&p, end, &offset) && p == end;
	if (!well_formed)
		return err_set(err, ERR_INVALID, "not a time as in RFC 3339, such as 2026-05-17T10:12:00Z");
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
		minute > 59 || second > 59)
		return err_set(err, ERR_INVALID, "there is no such time");
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_sec = second };
	int64_t result = ((int64_t)timegm(&tm) - offset * INT64_C(60)) * CLOCK_US_PER_S + us;
	if (result < INT64_C(-62135596800) * CLOCK_US_PER_S || result >= INT64_C(253402300800) * CLOCK_US_PER_S)
		return err_set(err, ERR_INVALID, "the time lies outside the years 0001 to 9999");
	*time_us = result;
	return true;
}

static const struct unit {
	const char *suffix;
	const char *name;
	int64_t ms;
} units[] = {
	{ "d", "day", 86400000 },
	{ "h", "hour", 3600000 },
	{ "ms", "millisecond", 1 },
	{ "m", "minute", 60000 },
	{ "s", "second", 1000 },
};

static const struct unit *unit_at(const char *p, const char *end)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].suffix);
		if ((size_t)(end - p) >= len && memcmp(p, units[i].suffix, len) == 0)
			return &units[i];
	}
	return NULL;
}

bool clock_parse_duration(const char *text, size_t len, int64_t *duration_ms, struct err *err)
{
	const char *p = text, *end = text + len;
	int64_t total = 0;
	bool any = false;
	while (p < end) {
		int64_t number = 0;
		const char *start = p;
		for (; p < end && *p >= '0' && *p <= '9'; p++) {
			if (p - start >= 12)
				return err_set(err, ERR_INVALID, "the duration is too long");
			number = number * 10 + (*p - '0');
		}
		const struct unit *unit = unit_at(p, end);
		if (p == start || unit == NULL)
			return err_set(err, ERR_INVALID, "not a duration, such as 90s, 5m or 1h30m");
		int64_t part;
		if (__builtin_mul_overflow(number, unit->ms, &part) || __builtin_add_overflow(total, part, &total))
			return err_set(err, ERR_INVALID, "the duration is too long");
		p += strlen(unit->suffix);
		any = true;
	}
	if (!any)
		return err_set(err, ERR_INVALID, "not a duration, such as 90s, 5m or 1h30m");
	*duration_ms = total;
	return true;
}

char *clock_describe(int64_t duration_ms, char *text, size_t size)
{
	static const char *const order[] = { "d", "h", "m", "s", "ms" };
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		const struct unit *unit = NULL;
		for (size_t j = 0; j < ARRAY_SIZE(units); j++)
			if (strcmp(units[j].suffix, order[i]) == 0)
				unit = &units[j];
		if (duration_ms >= unit->ms || i == ARRAY_SIZE(order) - 1) {
			int64_t n = duration_ms / unit->ms;
			snprintf(text, size, "%lld %s%s", (long long)n, unit->name, n == 1 ? "" : "s");
			break;
		}
	}
	return text;
}
