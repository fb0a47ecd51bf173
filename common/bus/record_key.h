/* The key of every record about a service: "workspace/service/environment", so that one service's releases are ordered.
 */
#ifndef BUS_RECORD_KEY_H
#define BUS_RECORD_KEY_H

#include <stdbool.h>

#include "base/own.h"

#define RECORD_KEY_SIZE 512 /* with the NUL */

/* Writes the key, cut where it would not fit; names that were checked always fit. Returns key. */
char *record_key(const char *workspace, const char *service, const char *environment, char key[RECORD_KEY_SIZE]);
/* Is this the key of a record about them? */
bool record_key_is(const char *key, const char *workspace, const char *service, const char *environment) MUST_CHECK;

#endif
