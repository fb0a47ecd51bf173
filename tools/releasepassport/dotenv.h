/* A decision as variables for later jobs: GitLab's dotenv report. */
#ifndef RELEASEPASSPORT_DOTENV_H
#define RELEASEPASSPORT_DOTENV_H

#include <stdbool.h>

#include "base/err.h"
#include "verdict.h"

/* Appends RELEASEPASSPORT_GATE_DECISION=... and its like: names that are no option's twin. */
void dotenv_text(const struct verdict *verdict, struct buf *out);
/* ERR_FILE. */
bool dotenv_write(const struct verdict *verdict, const char *path, struct err *err) MUST_CHECK;

#endif
