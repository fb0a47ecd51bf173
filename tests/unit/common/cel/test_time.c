#include "fixture.h"

START_TEST(test_time__reads_and_writes_timestamps)
{
	static const struct expression_case rows[] = {
		{ "timestamp('2026-05-17T10:12:00Z')", "\"2026-05-17T10:12:00Z\" google.protobuf.Timestamp" },
		{ "timestamp('2026-05-17T10:12:00.120+02:30')",
			"\"2026-05-17T07:42:00.12Z\" google.protobuf.Timestamp" },
		{ "timestamp('1969-12-31T23:59:59.999999999Z')",
			"\"1969-12-31T23:59:59.999999999Z\" google.protobuf.Timestamp" },
		{ "timestamp('2024-02-29T00:00:00Z')", "\"2024-02-29T00:00:00Z\" google.protobuf.Timestamp" },
		{ "timestamp(0)", "\"1970-01-01T00:00:00Z\" google.protobuf.Timestamp" },
		{ "string(timestamp('0001-01-01T00:00:00Z'))", "\"0001-01-01T00:00:00Z\" string" },
		{ "timestamp('2023-02-29T00:00:00Z')", "1:1 '2023-02-29T00:00:00Z' is no timestamp" },
		{ "timestamp('2026-05-17 10:12:00Z')", "1:1 '2026-05-17 10:12:00Z' is no timestamp" },
		{ "timestamp('2026-05-17T10:12:00')", "1:1 '2026-05-17T10:12:00' is no timestamp" },
		{ "timestamp('2026-05-17T24:00:00Z')", "1:1 '2026-05-17T24:00:00Z' is no timestamp" },
		{ "timestamp('2026-06-30T23:59:60Z')", "1:1 '2026-06-30T23:59:60Z' is no timestamp" },
		{ "timestamp('2026-05-17T10:12:00.Z')", "1:1 '2026-05-17T10:12:00.Z' is no timestamp" },
		{ "timestamp('')", "1:1 '' is no timestamp" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_time__reads_and_writes_durations)
{
	static const struct expression_case rows[] = {
		{ "duration('1h30m')", "\"5400s\" google.protobuf.Duration" },
		{ "duration('-1.5s')", "\"-1.5s\" google.protobuf.Duration" },
		{ "duration('+1ms')", "\"0.001s\" google.protobuf.Duration" },
		{ "duration('-1ns')", "\"-0.000000001s\" google.protobuf.Duration" },
		{ "duration('1us') == duration('1\xc2\xb5s')", "true bool" },
		{ "duration('.5h')", "\"1800s\" google.protobuf.Duration" },
		{ "duration('0')", "\"0s\" google.protobuf.Duration" },
		{ "duration('9223372036.854775807s')", "\"9223372036.854775807s\" google.protobuf.Duration" },
		{ "duration('9223372036.854775808s')", "1:1 '9223372036.854775808s' is no duration" },
		{ "duration('-9223372036.854775808s')", "\"-9223372036.854775808s\" google.protobuf.Duration" },
		{ "duration('99999999999999999999h')", "1:1 '99999999999999999999h' is no duration" },
		{ "duration('1')", "1:1 '1' is no duration" },
		{ "duration('1d')", "1:1 '1d' is no duration" },
		{ "duration('')", "1:1 '' is no duration" },
		{ "duration('-')", "1:1 '-' is no duration" },
		{ "duration('s')", "1:1 's' is no duration" },
		{ "duration('1h 1m')", "1:1 '1h 1m' is no duration" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_time__calculates)
{
	static const struct expression_case rows[] = {
		{ "timestamp('2026-05-17T10:12:00Z') - duration('12m0.5s')",
			"\"2026-05-17T09:59:59.5Z\" google.protobuf.Timestamp" },
		{ "timestamp('1970-01-01T00:00:00Z') - duration('1ns')",
			"\"1969-12-31T23:59:59.999999999Z\" google.protobuf.Timestamp" },
		{ "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00.5Z')",
			"\"86399.5s\" google.protobuf.Duration" },
		{ "duration('1s') - duration('1.25s')", "\"-0.25s\" google.protobuf.Duration" },
		{ "timestamp('9999-12-31T23:59:59Z') + duration('1s')", "1:35 timestamp out of range" },
		{ "timestamp('9999-12-31T23:59:59Z') - timestamp(0)", "1:35 duration out of range" },
		{ "duration('2000000h') + duration('2000000h')", "1:22 duration out of range" },
		{ "timestamp(0) < timestamp(1) && duration('-1s') < duration('-0.5s')", "true bool" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_time__tells_parts)
{
#define T "timestamp('2024-12-31T23:59:58.250Z')"
#define D "duration('-1h30m0.25s')"
	static const struct expression_case rows[] = {
		{ T ".getFullYear()", "2024 int" },
		{ T ".getMonth()", "11 int" },
		{ T ".getDate()", "31 int" },
		{ T ".getDayOfMonth()", "30 int" },
		{ T ".getDayOfYear()", "365 int" },
		{ T ".getDayOfWeek()", "2 int" },
		{ T ".getHours()", "23 int" },
		{ T ".getMinutes()", "59 int" },
		{ T ".getSeconds()", "58 int" },
		{ T ".getMilliseconds()", "250 int" },
		{ T ".getFullYear('+00:30')", "2025 int" },
		{ T ".getDayOfYear('00:30')", "0 int" },
		{ T ".getHours('-23:59')", "0 int" },
		{ T ".getHours('UTC')", "23 int" },
		{ T ".getHours('')", "23 int" },
		{ D ".getHours()", "-1 int" },
		{ D ".getMinutes()", "-90 int" },
		{ D ".getSeconds()", "-5400 int" },
		{ D ".getMilliseconds()", "-250 int" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

START_TEST(test_time__refuses_names_of_time_zones)
{
	static const struct expression_case rows[] = {
		{ "timestamp(0).getHours('Europe/Berlin')",
			"1:14 a time zone is 'UTC' or an offset such as '+02:00'; names are not supported" },
		{ "timestamp(0).getHours('+24:00')",
			"1:14 a time zone is 'UTC' or an offset such as '+02:00'; names are not supported" },
		{ "timestamp(0).getHours('+2:00')",
			"1:14 a time zone is 'UTC' or an offset such as '+02:00'; names are not supported" },
		{ "timestamp(0).getHours('+')",
			"1:14 a time zone is 'UTC' or an offset such as '+02:00'; names are not supported" },
	};
	EXPECT_ROWS(rows, NULL);
}
END_TEST

UNIT_MAIN("cel/time", test_time__reads_and_writes_timestamps, test_time__reads_and_writes_durations,
	test_time__calculates, test_time__tells_parts, test_time__refuses_names_of_time_zones)
