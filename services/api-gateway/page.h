/*
 * Lists in pages: the parameters `limit` and `cursor`, the member `next`. A cursor is opaque to callers: the sorting
 * key of the last row that they got, so that rows which come meanwhile shift nothing.
 */
#ifndef GATEWAY_PAGE_H
#define GATEWAY_PAGE_H

#include <json-c/json_object.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/request.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200
#define PAGE_PARAMETERS "limit", "cursor"

/* How the rows are sorted. */
enum page_order {
	PAGE_BY_NAMES, /* two texts, ascending */
	PAGE_BY_TIME,  /* a time and an id, both descending */
};

struct page {
	int64_t limit;
	const char *after[2]; /* the key behind which the page begins; NULL: at the beginning */
};

/* Reads both parameters. Texts lie in the request's arena. ERR_INVALID with the parameter's name. */
bool page_read(struct http_request *request, enum page_order order, struct page *page, struct err *err) MUST_CHECK;

/* Appends the cursor of a key. Pure. */
void page_cursor(const char *first, const char *second, struct buf *out);
/* Reads a cursor of this order. ERR_INVALID. */
bool page_cursor_read(const char *cursor, enum page_order order, struct arena *arena, const char *after[2],
	struct err *err) MUST_CHECK;

/*
 * Adds `next` to a list that was asked for one row more than limit: count rows came, last is the key of the last one
 * that is shown. JSON null when there are no more.
 */
void page_next(struct json_object *answer, const struct page *page, int count, const char *const last[2]);
/* How many of count rows belong to the page. */
int page_rows(const struct page *page, int count);

#endif
