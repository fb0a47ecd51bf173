/* A passport for people, in Markdown: for a job summary, a pull request, a ticket. */
#ifndef PASSPORT_MARKDOWN_H
#define PASSPORT_MARKDOWN_H

#include <json-c/json_object.h>

#include "base/buf.h"

/*
 * Appends the statement's contents: the verdict first, then each unmet rule with what to do, then the rest. Texts that
 * came from outside can't bring in markup of their own. What the predicate lacks is left out.
 */
void markdown_from_statement(const struct json_object *statement, struct buf *out);

#endif
