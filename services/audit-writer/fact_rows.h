/* The facts that come with a passport, as rows: exactly those that the signed statement lists. */
#ifndef AUDIT_WRITER_FACT_ROWS_H
#define AUDIT_WRITER_FACT_ROWS_H

#include <json-c/json_object.h>

#include "base/buf.h"
#include "base/err.h"
#include "verdict.pb-c.h"

/*
 * Appends a JSON array with one object for each fact (the columns of table fact, value in base64). ERR_UNVERIFIED if
 * they are not those of the predicate's evidence.
 */
bool fact_rows(const Rp__V1__Passport *passport, const struct json_object *predicate, struct buf *out,
	struct err *err) MUST_CHECK;

#endif
