/* What is wrong with a policy, as compilers say it. */
#ifndef RELEASEPASSPORT_FINDINGS_H
#define RELEASEPASSPORT_FINDINGS_H

#include <json-c/json_object.h>

#include "base/arena.h"

/* "file:line:column: error: text" of one of the findings that policy_findings_json writes; in arena. */
const char *finding_line(const char *file, const struct json_object *finding, struct arena *arena);

#endif
