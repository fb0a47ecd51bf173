/* The name of a passport. */
#ifndef PASSPORT_PASSPORT_ID_H
#define PASSPORT_PASSPORT_ID_H

#include <stdint.h>

#include "base/id.h"

/*
 * "pp_" and a ULID of the time of the decision and the first ten bytes of the SHA-256 of the evaluation's id: a
 * function of the verdict alone, so that a repeated verdict has the same name. Returns text.
 */
char *passport_id(const char *evaluation_id, int64_t decided_at_us, char text[ID_SIZE]);

#endif
