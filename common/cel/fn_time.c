/* What timestamps and durations say of themselves (cel-spec, "Timestamps and Durations"). */
#include "cel/function.h"

#include <string.h>

#include "cel/instant.h"

/* The offset of a zone in seconds: "UTC", "" or [+-]HH:MM. Names of the IANA database would need files. */
static bool zone_offset(struct cel_eval *eval, const struct cel_value *zone, int64_t *seconds)
{
	const char *text = zone->text.data;
	size_t len = zone->text.len;
	*seconds = 0;
	if (len == 0 || (len == 3 && memcmp(text, "UTC", 3) == 0))
		return true;
	bool sign = text[0] == '-' || text[0] == '+';
	const char *digits = text + sign;
	static const char form[] = "29:59"; /* the largest digit of each place */
	bool fits = len - sign == 5;
	for (size_t i = 0; fits && i < 5; i++)
		fits = i == 2 ? digits[i] == ':' : digits[i] >= '0' && digits[i] <= form[i];
	if (!fits || (digits[0] == '2' && digits[1] > '3'))
		return cel_fault(eval, "a time zone is 'UTC' or an offset such as '+02:00'; names are not supported");
	int64_t minutes = ((digits[0] - '0') * 10 + digits[1] - '0') * 60 + (digits[3] - '0') * 10 + digits[4] - '0';
	*seconds = minutes * (text[0] == '-' ? -60 : 60);
	return true;
}

static bool civil_in_zone(
	struct cel_eval *eval, const struct cel_value *args, const struct cel_value *zone, struct cel_civil *civil)
{
	int64_t offset = 0;
	if (zone != NULL && !zone_offset(eval, zone, &offset))
		return false;
	*civil = cel_civil_from_seconds(args[0].time.seconds + offset);
	return true;
}

/* One accessor with and one without a time zone. */
#define ACCESSOR(function, expression)                                                                           \
	static bool function(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)      \
	{                                                                                                        \
		struct cel_civil civil;                                                                          \
		if (!civil_in_zone(eval, args, NULL, &civil))                                                    \
			return false;                                                                            \
		*result = cel_int(expression);                                                                   \
		return true;                                                                                     \
	}                                                                                                        \
	static bool function##_in(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result) \
	{                                                                                                        \
		struct cel_civil civil;                                                                          \
		if (!civil_in_zone(eval, args, &args[1], &civil))                                                \
			return false;                                                                            \
		*result = cel_int(expression);                                                                   \
		return true;                                                                                     \
	}

ACCESSOR(full_year, civil.year)
ACCESSOR(month, (int64_t)civil.month - 1)
ACCESSOR(date, civil.day)
ACCESSOR(day_of_month, (int64_t)civil.day - 1)
ACCESSOR(day_of_year, civil.day_of_year)
ACCESSOR(day_of_week, civil.day_of_week)
ACCESSOR(hours, civil.hour)
ACCESSOR(minutes, civil.minute)
ACCESSOR(seconds, civil.second)
ACCESSOR(milliseconds, args[0].time.nanos / 1000000)

static bool duration_hours(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int(args[0].time.seconds / 3600);
	return true;
}

static bool duration_minutes(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int(args[0].time.seconds / 60);
	return true;
}

static bool duration_seconds(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int(args[0].time.seconds);
	return true;
}

/* The part below a second, as the specification has it (cel-go gives the whole duration in milliseconds). */
static bool duration_milliseconds(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	(void)eval;
	*result = cel_int(args[0].time.nanos / 1000000);
	return true;
}

#define TIMESTAMP_ROWS(name, function)                                                           \
	{ name, CEL_METHOD, 1, { CEL_TIMESTAMP }, CEL_INT, function, NULL },                     \
	{                                                                                        \
		name, CEL_METHOD, 2, { CEL_TIMESTAMP, CEL_STRING }, CEL_INT, function##_in, NULL \
	}

const struct cel_overload cel_time_functions[] = {
	TIMESTAMP_ROWS("getFullYear", full_year),
	TIMESTAMP_ROWS("getMonth", month),
	TIMESTAMP_ROWS("getDate", date),
	TIMESTAMP_ROWS("getDayOfMonth", day_of_month),
	TIMESTAMP_ROWS("getDayOfYear", day_of_year),
	TIMESTAMP_ROWS("getDayOfWeek", day_of_week),
	TIMESTAMP_ROWS("getHours", hours),
	{ "getHours", CEL_METHOD, 1, { CEL_DURATION }, CEL_INT, duration_hours, NULL },
	TIMESTAMP_ROWS("getMinutes", minutes),
	{ "getMinutes", CEL_METHOD, 1, { CEL_DURATION }, CEL_INT, duration_minutes, NULL },
	TIMESTAMP_ROWS("getSeconds", seconds),
	{ "getSeconds", CEL_METHOD, 1, { CEL_DURATION }, CEL_INT, duration_seconds, NULL },
	TIMESTAMP_ROWS("getMilliseconds", milliseconds),
	{ "getMilliseconds", CEL_METHOD, 1, { CEL_DURATION }, CEL_INT, duration_milliseconds, NULL },
	{ 0 },
};
