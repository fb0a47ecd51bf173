#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "pg/result.h"

/* A result of one row, made without a server. */
static PGresult *row_of(const char *const *values, int count)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[8] = { 0 };
	for (int i = 0; i < count; i++)
		columns[i].name = (char *)"c";
	ck_assert(PQsetResultAttrs(result, count, columns));
	for (int i = 0; i < count; i++)
		ck_assert(PQsetvalue(result, 0, i, (char *)values[i], values[i] == NULL ? -1 : (int)strlen(values[i])));
	return result;
}

START_TEST(test_result__reads_each_type)
{
	static const char *const values[] = { "text", "-9223372036854775808", "t", "f", "2026-05-17 10:12:00.25+00",
		"\\x00ff10", NULL, "" };
	PGresult *raw = row_of(values, 8);
	struct pg_result result = { raw };
	ck_assert_int_eq(pg_rows(&result), 1);
	ck_assert_str_eq(pg_text(&result, 0, 0), "text");
	ck_assert(pg_int(&result, 0, 1) == INT64_MIN);
	ck_assert(pg_bool(&result, 0, 2));
	ck_assert(!pg_bool(&result, 0, 3));
	ck_assert_int_eq(pg_time_us(&result, 0, 4), INT64_C(1779012720250000));
	owned_buf struct buf bytes = { 0 };
	buf_append_str(&bytes, "before");
	pg_bytes(&result, 0, 5, &bytes);
	ck_assert_uint_eq(bytes.len, 9);
	ck_assert_mem_eq(bytes.data, "before\x00\xff\x10", 10);
	ck_assert(pg_is_null(&result, 0, 6));
	ck_assert(!pg_is_null(&result, 0, 7));
	PQclear(raw);
}
END_TEST

START_TEST(test_result__null_is_the_empty_value)
{
	static const char *const values[] = { NULL };
	PGresult *raw = row_of(values, 1);
	struct pg_result result = { raw };
	owned_buf struct buf bytes = { 0 };
	ck_assert_str_eq(pg_text(&result, 0, 0), "");
	ck_assert_int_eq(pg_int(&result, 0, 0), 0);
	ck_assert(!pg_bool(&result, 0, 0));
	ck_assert_int_eq(pg_time_us(&result, 0, 0), 0);
	pg_bytes(&result, 0, 0, &bytes);
	ck_assert_uint_eq(bytes.len, 0);
	PQclear(raw);
}
END_TEST

START_TEST(test_result__makes_parameters)
{
	char number[PG_NUMBER_SIZE], time[CLOCK_RFC3339_SIZE];
	ck_assert_str_eq(pg_param_int(INT64_MIN, number).data, "-9223372036854775808");
	ck_assert_str_eq(pg_param_time(INT64_C(1779012720250000), time).data, "2026-05-17T10:12:00.250Z");
	ck_assert_ptr_null(pg_param_time(0, time).data);
}
END_TEST

UNIT_MAIN(
	"pg/result", test_result__reads_each_type, test_result__null_is_the_empty_value, test_result__makes_parameters)
