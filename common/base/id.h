/* Identifiers: 26 characters of Crockford base 32 behind a prefix; the time first, so that they sort by it (ULID). */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 40 /* prefix of at most 12 characters, 26 characters, NUL */

/* prefix + 48 bits of milliseconds of time_us + 80 bits from entropy (10 bytes). The same input, the same id. */
char *id_format(const char *prefix, int64_t time_us, const uint8_t entropy[10], char *text);
/* A fresh one from the clock and the kernel's random bytes. */
char *id_create(const char *prefix, char *text);

#endif
