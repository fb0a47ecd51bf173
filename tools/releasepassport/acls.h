/* The rights of each service on Kafka, from the table of topics. Pure. */
#ifndef RELEASEPASSPORT_ACLS_H
#define RELEASEPASSPORT_ACLS_H

#include <json-c/json_object.h>

#include "base/buf.h"

/* [{"principal", "resourceType", "resourceName", "patternType", "operation"}]; the caller's. */
struct json_object *acls_list(void);
/* Appends the list as commands for a shell, one a resource and operation. */
void acls_commands(const struct json_object *list, struct buf *out);

#endif
