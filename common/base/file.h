/* Whole files, at start or on the command line: never on the loop. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the content of path ("-": standard input), at most max_bytes. ERR_FILE with where = path: it can't be read or
 * is longer. On false out may hold a part.
 */
bool file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err) MUST_CHECK;

/* Writes len bytes to path through a temporary file beside it, so that readers see all or nothing. mode as in open(2).
 */
bool file_write(const char *path, const void *data, size_t len, unsigned mode, struct err *err) MUST_CHECK;

#endif
