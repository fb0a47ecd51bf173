/* What is wrong with a policy, shown. */
#ifndef RELEASEPASSPORT_FINDINGS_H
#define RELEASEPASSPORT_FINDINGS_H

#include <json-c/json_object.h>

#include "output.h"

/* "file:line:column: error: text" for each of the findings, as policy_findings_json writes them. */
void findings_print(const struct output *output, const char *file, const struct json_object *findings);

#endif
