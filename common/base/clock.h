/* Time: UTC instants as microseconds since 1970, durations in milliseconds or microseconds as the name says. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CLOCK_US_PER_S INT64_C(1000000)
#define CLOCK_US_PER_MS INT64_C(1000)
#define CLOCK_RFC3339_SIZE 32

/* The wall clock, UTC. */
int64_t clock_now_us(void);
/* A clock that never steps back; only differences mean anything. */
int64_t clock_mono_us(void);

/*
 * RFC 3339 in UTC with as many digits of the fraction as needed (none, 3 or 6): "2026-05-17T10:12:00Z". text has at
 * least CLOCK_RFC3339_SIZE bytes. time_us must lie in the years 0001 to 9999. Returns text.
 */
char *clock_format(int64_t time_us, char *text);

/* Reads RFC 3339 with any offset, fraction cut to microseconds; a leap second 60 is refused. ERR_INVALID. */
bool clock_parse(const char *text, size_t len, int64_t *time_us, struct err *err) MUST_CHECK;

/* Reads a duration: a sum of whole numbers with unit d, h, m, s or ms, as in "1h30m", "250ms". ERR_INVALID. */
bool clock_parse_duration(const char *text, size_t len, int64_t *duration_ms, struct err *err) MUST_CHECK;

/* For people: "7 minutes", "2 days", "340 milliseconds"; the largest unit, rounded down. text has size bytes. */
char *clock_describe(int64_t duration_ms, char *text, size_t size);

#endif
