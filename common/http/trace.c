#include "http/trace.h"

#include <event2/util.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"

/* version "-" trace id "-" parent id "-" flags, lower-case hex. */
#define ID_AT 3
#define ID_LEN 32
#define PARENT_AT 36
#define PARENT_LEN 16
#define FLAGS_AT 53
#define LEN 55

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") >= len;
}

static bool is_zero(const char *text, size_t len)
{
	return strspn(text, "0") >= len;
}

static bool is_valid(const char *text)
{
	size_t len = strlen(text);
	if (len < LEN || text[2] != '-' || text[ID_AT + ID_LEN] != '-' || text[PARENT_AT + PARENT_LEN] != '-')
		return false;
	if (!is_hex(text, 2) || !is_hex(text + ID_AT, ID_LEN) || !is_hex(text + PARENT_AT, PARENT_LEN) ||
		!is_hex(text + FLAGS_AT, 2))
		return false;
	if (is_zero(text + ID_AT, ID_LEN) || is_zero(text + PARENT_AT, PARENT_LEN) || strncmp(text, "ff", 2) == 0)
		return false;
	/* A version after 00 may append fields. */
	return len == LEN || (strncmp(text, "00", 2) != 0 && text[LEN] == '-');
}

static void random_hex(char *text, size_t bytes)
{
	uint8_t random[ID_LEN / 2];
	evutil_secure_rng_get_bytes(random, bytes);
	random[0] |= 1; /* never all zero */
	hex_encode(random, bytes, text);
}

void http_trace_init(struct http_trace *trace, const char *incoming)
{
	bool sampled = false;
	if (incoming != NULL && is_valid(incoming)) {
		memcpy(trace->id, incoming + ID_AT, ID_LEN);
		trace->id[ID_LEN] = '\0';
		uint8_t flags = 0;
		sampled = hex_decode(incoming + FLAGS_AT, &flags, 1) && (flags & 1) != 0;
	} else {
		random_hex(trace->id, ID_LEN / 2);
	}
	char span[PARENT_LEN + 1];
	random_hex(span, PARENT_LEN / 2);
	snprintf(trace->parent, sizeof(trace->parent), "00-%s-%s-%s", trace->id, span, sampled ? "01" : "00");
}
