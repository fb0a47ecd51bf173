/* Texts in a log line: private to log. */
#ifndef LOG_LOGFMT_H
#define LOG_LOGFMT_H

#include "base/buf.h"

/*
 * Appends text as a logfmt value: bare if it can stand so, else in quotes with escapes. Control characters, which could
 * forge a line or drive a terminal, are escaped; bytes that are no UTF-8 become U+FFFD. NULL is "".
 */
void logfmt_append_value(const char *text, struct buf *out);

#endif
