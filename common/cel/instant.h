/*
 * Timestamps (years 0001 to 9999, nanoseconds) and durations (as many nanoseconds as 64 bits hold, about 292 years
 * either way, as in cel-go): text, range and arithmetic.
 */
#ifndef CEL_INSTANT_H
#define CEL_INSTANT_H

#include "cel/eval.h"

struct cel_civil {
	int64_t year;
	unsigned month, day; /* from 1 */
	unsigned hour, minute, second;
	unsigned day_of_week; /* from Sunday, 0 */
	unsigned day_of_year; /* from 0 */
};

/* The calendar of this second in UTC; the timestamp's range is the caller's business. */
struct cel_civil cel_civil_from_seconds(int64_t seconds);

bool cel_timestamp_in_range(int64_t seconds);
/* RFC 3339 with any offset; the fraction is cut to nanoseconds. False if it is none, or out of range. */
bool cel_timestamp_parse(const char *text, size_t len, struct cel_value *value) MUST_CHECK;
/* Numbers with units h, m, s, ms, us, ns, as in "1h30m", "-1.5s". False if it is none, or out of range. */
bool cel_duration_parse(const char *text, size_t len, struct cel_value *value) MUST_CHECK;

#define CEL_TIME_TEXT_SIZE 48
/* "2026-05-17T10:12:00.5Z" and "-1.5s"; text has CEL_TIME_TEXT_SIZE bytes. Returns the length. */
size_t cel_timestamp_format(const struct cel_value *value, char *text);
size_t cel_duration_format(const struct cel_value *value, char *text);

/* The operators + and - of timestamps and durations. */
bool cel_add_times(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result);
bool cel_subtract_times(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result);

#endif
