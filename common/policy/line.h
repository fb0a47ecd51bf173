/* Foreign texts on one line of ours. */
#ifndef POLICY_LINE_H
#define POLICY_LINE_H

#include <stddef.h>

#include "base/arena.h"

/* text with line breaks, control characters and runs of blanks as one blank, cut to max bytes with "..." if longer. */
char *line_of(struct arena *arena, const char *text, size_t max);

#endif
