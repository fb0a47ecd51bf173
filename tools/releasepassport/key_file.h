/* The keys that a verifier trusts, from a file: PEM blocks or a key set. */
#ifndef RELEASEPASSPORT_KEY_FILE_H
#define RELEASEPASSPORT_KEY_FILE_H

#include "passport/keyset.h"

/* ERR_FILE with the file as the place. */
bool key_file_read(const char *path, struct keyset **keys, struct err *err) MUST_CHECK;

#endif
