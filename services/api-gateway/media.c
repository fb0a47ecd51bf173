#include "media.h"

#include <string.h>
#include <strings.h>

#include "crypto/hash.h"

#define SPACE " \t"

bool media_is(const char *content_type, const char *type)
{
	const size_t len = strlen(type);
	return strncasecmp(content_type, type, len) == 0 &&
	       (content_type[len] == '\0' || strchr("; \t", content_type[len]) != NULL);
}

bool media_wanted(const char *accept, const char *type, const char *usual)
{
	for (const char *range = accept; range != NULL && *range != '\0';) {
		range += strspn(range, "," SPACE);
		const size_t len = strcspn(range, "," SPACE ";");
		if (len == strlen(type) && strncasecmp(range, type, len) == 0)
			return true;
		if ((len == strlen(usual) && strncasecmp(range, usual, len) == 0) || strncmp(range, "*/*", 3) == 0)
			return false;
		range += strcspn(range, ",");
	}
	return false;
}

bool media_matches(const char *if_none_match, const char *etag)
{
	for (const char *tag = if_none_match; tag != NULL && *tag != '\0';) {
		tag += strspn(tag, "," SPACE);
		if (strncmp(tag, "W/", 2) == 0)
			tag += 2;
		const size_t len = strcspn(tag, "," SPACE);
		if ((len == 1 && *tag == '*') || (len == strlen(etag) && strncmp(tag, etag, len) == 0))
			return true;
		tag += len;
	}
	return false;
}

void media_respond_immutable(struct call *call, const char *type, const void *body, size_t len)
{
	char digest[SHA256_HEX_SIZE];
	const char *etag = arena_printf(call->arena, "\"%s\"", sha256_hex(body, len, digest));
	http_response_header(call->request, "ETag", etag);
	http_response_header(call->request, "Cache-Control", "private, max-age=31536000, immutable");
	if (media_matches(http_request_header(call->request, "if-none-match"), etag))
		http_respond(call->request, 304, NULL, NULL, 0);
	else
		http_respond(call->request, 200, type, body, len);
}
