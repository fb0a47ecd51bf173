#include "page.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "json/json.h"
#include "query.h"

#define CURSOR_MAX 1024

void page_cursor(const char *first, const char *second, struct buf *out)
{
	owned(json) struct json_object *key = json_object_new_array();
	json_object_array_add(key, json_string_create(first));
	json_object_array_add(key, json_string_create(second));
	owned_buf struct buf text = { 0 };
	json_text(key, false, &text);
	base64url_encode(text.data, text.len, out);
}

static const char *key_text(struct json_object *key, size_t index)
{
	struct json_object *value = json_object_array_get_idx(key, index);
	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

bool page_cursor_read(
	const char *cursor, enum page_order order, struct arena *arena, const char *after[2], struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned(json) struct json_object *key = NULL;
	const char *first = NULL, *second = NULL;
	if (strlen(cursor) <= CURSOR_MAX && base64url_decode(cursor, strlen(cursor), &text) &&
		json_parse(buf_str(&text), text.len, &key, NULL) && json_object_is_type(key, json_type_array) &&
		json_object_array_length(key) == 2) {
		first = key_text(key, 0);
		second = key_text(key, 1);
	}
	int64_t time_us;
	if (first == NULL || second == NULL ||
		(order == PAGE_BY_TIME && !clock_parse(first, strlen(first), &time_us, NULL)))
		return err_set_at(err, ERR_INVALID, "cursor", "not a cursor of this list");
	after[0] = arena_strdup(arena, first);
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
