/* UTF-8 as in RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Is all of it UTF-8? U+0000 is a character like any other here. */
bool utf8_valid(const char *text, size_t len);
/* Length in bytes of the character at text, its code point in *code; 0 if there is no valid one (also for len 0). */
size_t utf8_decode(const char *text, size_t len, uint32_t *code);
/* How many characters valid text has. */
size_t utf8_count(const char *text, size_t len);
/* Writes code (a valid one) as 1 to 4 bytes without a NUL; returns how many. */
size_t utf8_encode(uint32_t code, char *text);
/* Appends text with U+FFFD for every byte that is no UTF-8: for what is shown, never for what is compared. */
void utf8_repair(const char *text, size_t len, struct buf *out);

#endif
