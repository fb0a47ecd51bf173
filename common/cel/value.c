#include "cel/value.h"

#include <string.h>

#include "base/clock.h"

const char *cel_kind_name(enum cel_kind kind)
{
	static const char *const names[] = {
		[CEL_NULL] = "null_type",
		[CEL_BOOL] = "bool",
		[CEL_INT] = "int",
		[CEL_UINT] = "uint",
		[CEL_DOUBLE] = "double",
		[CEL_STRING] = "string",
		[CEL_BYTES] = "bytes",
		[CEL_LIST] = "list",
		[CEL_MAP] = "map",
		[CEL_TIMESTAMP] = "google.protobuf.Timestamp",
		[CEL_DURATION] = "google.protobuf.Duration",
		[CEL_TYPE] = "type",
		[CEL_DYN] = "dyn",
	};
	return names[kind];
}

bool cel_meter_take(struct cel_meter *meter, uint64_t cost)
{
	if (cost > meter->left)
		meter->exhausted = true;
	if (meter->exhausted)
		meter->left = 0;
	else
		meter->left -= cost;
	return !meter->exhausted;
}

struct cel_value cel_bool(bool value)
{
	return (struct cel_value){ .kind = CEL_BOOL, .boolean = value };
}

struct cel_value cel_int(int64_t value)
{
	return (struct cel_value){ .kind = CEL_INT, .integer = value };
}

struct cel_value cel_uint(uint64_t value)
{
	return (struct cel_value){ .kind = CEL_UINT, .uinteger = value };
}

struct cel_value cel_double(double value)
{
	return (struct cel_value){ .kind = CEL_DOUBLE, .number = value };
}

struct cel_value cel_text_value(enum cel_kind kind, const char *data, size_t len)
{
	return (struct cel_value){ .kind = kind, .text = { data, len } };
}

struct cel_value cel_type_value(enum cel_kind kind)
{
	const char *name = cel_kind_name(kind);
	return cel_text_value(CEL_TYPE, name, strlen(name));
}

struct cel_value cel_string(const char *text)
{
	return cel_text_value(CEL_STRING, text, strlen(text));
}

struct cel_value cel_timestamp_us(int64_t time_us)
{
	int64_t seconds = time_us / CLOCK_US_PER_S;
	int64_t rest_us = time_us % CLOCK_US_PER_S;
	if (rest_us < 0) {
		seconds--;
		rest_us += CLOCK_US_PER_S;
	}
	return (struct cel_value){ .kind = CEL_TIMESTAMP, .time = { seconds, (int32_t)(rest_us * 1000) } };
}

struct cel_value cel_duration_us(int64_t duration_us)
{
	return (struct cel_value){ .kind = CEL_DURATION,
		.time = { duration_us / CLOCK_US_PER_S, (int32_t)(duration_us % CLOCK_US_PER_S * 1000) } };
}
