#include "page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "query.h"

/* "1795510000000000~pp_01m8...": digits of the microseconds; "checkout-api~production". No name or id has a tilde. */
#define SEPARATOR '~'
#define DIGITS_MAX 16
#define ID_MAX 80

void page_cursor(const char *first, const char *second, struct buf *out)
{
	int64_t time_us;
	if (clock_parse(first, strlen(first), &time_us, NULL))
		buf_printf(out, "%" PRId64 "%c%s", time_us, SEPARATOR, second);
	else
		buf_printf(out, "%s%c%s", first, SEPARATOR, second);
}

/* The time as the database reads it; NULL if the text is none. */
static const char *time_key(const char *digits, struct arena *arena)
{
	const size_t len = strlen(digits);
	if (len == 0 || len > DIGITS_MAX || strspn(digits, "0123456789") != len)
		return NULL;
	char text[CLOCK_RFC3339_SIZE];
	return arena_strdup(arena, clock_format(strtoll(digits, NULL, 10), text));
}

static bool is_id(const char *text)
{
	const size_t len = strlen(text);
	return len > 0 && len <= ID_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_:") == len;
}

bool page_cursor_read(
	const char *cursor, enum page_order order, struct arena *arena, const char *after[2], struct err *err)
{
	const char *separator = strchr(cursor, SEPARATOR);
	const char *first = separator != NULL ? arena_strndup(arena, cursor, (size_t)(separator - cursor)) : "";
	const char *second = separator != NULL ? separator + 1 : "";
	bool ok;
	if (order == PAGE_BY_TIME) {
		first = time_key(first, arena);
		ok = first != NULL && is_id(second);
	} else {
		ok = json_pattern_check(first, JSON_PATTERN_NAME, "", NULL) &&
		     json_pattern_check(second, JSON_PATTERN_NAME, "", NULL);
	}
	if (!ok)
		return err_set_at(err, ERR_INVALID, "cursor", "not a cursor of this list");
	after[0] = first;
	after[1] = arena_strdup(arena, second);
	return true;
}

bool page_read(struct http_request *request, enum page_order order, struct page *page, struct err *err)
{
	struct page result = { .limit = PAGE_DEFAULT };
	const char *cursor = http_request_query(request, "cursor");
	if (!query_number(request, "limit", 1, PAGE_MAX, &result.limit, err))
		return false;
	if (cursor != NULL && !page_cursor_read(cursor, order, http_request_arena(request), result.after, err))
		return false;
	*page = result;
	return true;
}

int page_rows(const struct page *page, int count)
{
	return count > page->limit ? (int)page->limit : count;
}

void page_next(struct json_object *answer, const struct page *page, int count, const char *const last[2])
{
	owned_buf struct buf cursor = { 0 };
	if (count > page->limit)
		page_cursor(last[0], last[1], &cursor);
	json_add_string(answer, "next", cursor.len > 0 ? buf_str(&cursor) : NULL);
}
