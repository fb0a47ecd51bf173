/* Media types: what a body is, what a caller wants, and answers whose bytes never change. */
#ifndef GATEWAY_MEDIA_H
#define GATEWAY_MEDIA_H

#include "call.h"

/* Is the content type (with or without parameters) this one? */
bool media_is(const char *content_type, const char *type);
/*
 * Does the header Accept (NULL: none) name type, before usual if it names both? Quality values are not weighed: who
 * wants another form than the usual one names it first.
 */
bool media_wanted(const char *accept, const char *type, const char *usual);

/*
 * Answers 200 with bytes that are the same for ever, or 304 if the caller has them (If-None-Match): a strong ETag,
 * Cache-Control private and immutable. The body is copied.
 */
void media_respond_immutable(struct call *call, const char *type, const void *body, size_t len);
/* Does an If-None-Match (NULL: none) name this ETag (with its quotes)? */
bool media_matches(const char *if_none_match, const char *etag);

#endif
