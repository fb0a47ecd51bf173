/*
 * The byte-by-byte guard of a request's head, before http-parser sees it: Debian builds that library in its lenient
 * mode, which takes white space in a header's name, bare LF and folded lines, all of which proxies read differently.
 */
#ifndef HTTP_SCAN_H
#define HTTP_SCAN_H

#include <stddef.h>

enum http_scan_result { HTTP_SCAN_MORE, HTTP_SCAN_DONE, HTTP_SCAN_BAD };

/* { 0 } before a request's first byte. */
struct http_scan {
	unsigned char state;
	unsigned char spaces;
	size_t at;         /* bytes seen; when done, the head's length with its empty line */
	const char *fault; /* when bad: what is wrong */
};

/* data holds everything since the request's first byte; only what follows scan->at is looked at. */
enum http_scan_result http_scan_feed(struct http_scan *scan, const char *data, size_t len);

#endif
