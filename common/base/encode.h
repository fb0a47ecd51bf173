/* Hexadecimal and base64 (RFC 4648). */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Lower-case hex with a NUL; text has 2 * len + 1 bytes. Returns text. */
char *hex_encode(const void *data, size_t len, char *text);
/* Reads exactly 2 * len digits of either case, text need not end there; false if any is no hex digit. */
bool hex_decode(const char *text, void *data, size_t len) MUST_CHECK;

/* Standard alphabet, padded, appended to out. */
void base64_encode(const void *data, size_t len, struct buf *out);
/* URL alphabet, no padding, appended to out. */
void base64url_encode(const void *data, size_t len, struct buf *out);
/*
 * Appends the decoded bytes to out. Standard alphabet, padding demanded, no white space, unused bits must be zero:
 * two texts never decode to the same bytes. On false out is as it was.
 */
bool base64_decode(const char *text, size_t len, struct buf *out) MUST_CHECK;
/* The same for the URL alphabet, where padding must be absent. */
bool base64url_decode(const char *text, size_t len, struct buf *out) MUST_CHECK;

#endif
