#include "pg/result.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"

int pg_rows(const struct pg_result *result)
{
	return PQntuples(result->result);
}

static void check_place(const struct pg_result *result, int row, int column)
{
	assert(row >= 0 && row < PQntuples(result->result));
	assert(column >= 0 && column < PQnfields(result->result));
	(void)result, (void)row, (void)column;
}

bool pg_is_null(const struct pg_result *result, int row, int column)
{
	check_place(result, row, column);
	return PQgetisnull(result->result, row, column);
}

const char *pg_text(const struct pg_result *result, int row, int column)
{
	check_place(result, row, column);
	return PQgetvalue(result->result, row, column);
}

int64_t pg_int(const struct pg_result *result, int row, int column)
{
	const char *text = pg_text(result, row, column);
	if (text[0] == '\0')
		return 0;
	char *end;
	errno = 0;
	int64_t value = strtoll(text, &end, 10);
	assert(*end == '\0' && errno == 0);
	return value;
}

bool pg_bool(const struct pg_result *result, int row, int column)
{
	return pg_text(result, row, column)[0] == 't';
}

/* The session's settings make it "2026-05-17 10:12:00.25+00". */
int64_t pg_time_us(const struct pg_result *result, int row, int column)
{
	const char *text = pg_text(result, row, column);
	size_t len = strlen(text);
	if (len == 0)
		return 0;
	char rfc3339[CLOCK_RFC3339_SIZE];
	assert(len > 13 && len < sizeof(rfc3339) && text[10] == ' ' && strcmp(text + len - 3, "+00") == 0);
	memcpy(rfc3339, text, len);
	rfc3339[10] = 'T';
	rfc3339[len - 3] = 'Z';
	int64_t time_us = 0;
	bool ok = clock_parse(rfc3339, len - 2, &time_us, NULL);
	assert(ok);
	(void)ok;
	return time_us;
}

void pg_bytes(const struct pg_result *result, int row, int column, struct buf *out)
{
	const char *text = pg_text(result, row, column);
	if (text[0] == '\0')
		return;
	assert(text[0] == '\\' && text[1] == 'x');
	size_t len = ((size_t)PQgetlength(result->result, row, column) - 2) / 2;
	buf_reserve(out, len);
	bool ok = hex_decode(text + 2, out->data + out->len, len);
	assert(ok);
	(void)ok;
	out->len += len;
	out->data[out->len] = '\0';
}

struct pg_param pg_param_int(int64_t value, char *text)
{
	snprintf(text, PG_NUMBER_SIZE, "%" PRId64, value);
	return (struct pg_param)PG_TEXT(text);
}

struct pg_param pg_param_time(int64_t time_us, char *text)
{
	if (time_us == 0)
		return (struct pg_param)PG_TEXT(NULL);
	return (struct pg_param)PG_TEXT(clock_format(time_us, text));
}
