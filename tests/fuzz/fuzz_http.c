/*
 * A stream of requests as the server reads it: head, then body. How the bytes are cut into pieces must not matter, and
 * what a head yields is clean text with one reading of where the body ends.
 */
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "http/chunk.h"
#include "http/head.h"
#include "http/scan.h"

#define BODY_BYTES_MAX 4096

static void require_text(const char *text)
{
	FUZZ_REQUIRE(text != NULL && utf8_valid(text, strlen(text)));
}

static void check_head(const struct http_head *head)
{
	FUZZ_REQUIRE(head->method[0] != '\0');
	FUZZ_REQUIRE(!head->chunked || head->content_length == 0);
	require_text(head->target.path);
	for (size_t i = 0; i < head->target.segment_count; i++) {
		require_text(head->target.segments[i]);
		FUZZ_REQUIRE(strcmp(head->target.segments[i], "..") != 0);
	}
	for (size_t i = 0; i < head->target.query_count; i++) {
		require_text(head->target.query[i].name);
		require_text(head->target.query[i].value);
	}
	for (size_t i = 0; i < head->line_count; i++) {
		require_text(head->lines[i].name);
		require_text(head->lines[i].value);
		FUZZ_REQUIRE(strpbrk(head->lines[i].value, "\r\n") == NULL);
	}
}

static enum http_scan_result scan_whole_and_in_pieces(struct http_scan *scan, const char *text, size_t len)
{
	enum http_scan_result whole = http_scan_feed(scan, text, len), piecewise = HTTP_SCAN_MORE;
	struct http_scan other = { 0 };
	for (size_t i = 1; i <= len && piecewise == HTTP_SCAN_MORE; i++)
		piecewise = http_scan_feed(&other, text, i);
	FUZZ_REQUIRE(whole == piecewise && other.at == scan->at && scan->at <= len);
	FUZZ_REQUIRE((whole == HTTP_SCAN_BAD) == (scan->fault != NULL));
	return whole;
}

/* How much of text the chunks take; 0: the body does not end well there. */
static size_t decode_chunks(const char *text, size_t len)
{
	owned_buf struct buf whole = { 0 }, pieces = { 0 };
	struct http_chunk chunk = { 0 }, other = { 0 };
	size_t used, taken = 0;
	enum http_chunk_result result = http_chunk_feed(&chunk, text, len, BODY_BYTES_MAX, &whole, &used);
	enum http_chunk_result piecewise = HTTP_CHUNK_MORE;
	for (size_t n; taken < len && piecewise == HTTP_CHUNK_MORE; taken += n)
		piecewise = http_chunk_feed(&other, text + taken, 1, BODY_BYTES_MAX, &pieces, &n);
	FUZZ_REQUIRE(whole.len <= BODY_BYTES_MAX && used <= len);
	/* A chunk that is too large is refused before any of it is taken, in one piece as in many. */
	FUZZ_REQUIRE(result == piecewise && used == taken && whole.len == pieces.len);
	FUZZ_REQUIRE(whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
	return result == HTTP_CHUNK_DONE ? used : 0;
}

/* The length of the first request in text; 0: none is complete and right. */
static size_t read_request(const char *text, size_t len, struct arena *arena)
{
	struct http_scan scan = { 0 };
	struct http_head head;
	struct err err = { 0 };
	if (scan_whole_and_in_pieces(&scan, text, len) != HTTP_SCAN_DONE)
		return 0;
	if (!http_head_parse(text, scan.at, arena, &head, &err)) {
		FUZZ_REQUIRE(err.kind != ERR_NONE && err.text[0] != '\0');
		return 0;
	}
	check_head(&head);
	size_t rest = len - scan.at;
	if (head.chunked) {
		size_t used = decode_chunks(text + scan.at, rest);
		return used > 0 ? scan.at + used : 0;
	}
	return head.content_length <= rest ? scan.at + head.content_length : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	for (size_t at = 0, n; at < size; at += n) {
		owned(arena) struct arena *arena = arena_create();
		n = read_request(text + at, size - at, arena);
		if (n == 0)
			break;
	}
	return 0;
}
