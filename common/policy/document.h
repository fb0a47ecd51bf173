/* The document's members: what they mean and must be. Knows paths and findings through read.h, never YAML. */
#ifndef POLICY_DOCUMENT_H
#define POLICY_DOCUMENT_H

#include "policy/policy.h"
#include "policy/read.h"

/* Fills policy (its arena is r->arena) from the document; whether it may be used is in r->findings. */
void document_read(struct reader *r, struct json_object *document, struct policy *policy);

/* rule.c: the list "rules"; evidence is read already. at is the document. */
void document_read_rules(struct reader *r, const struct at *at, struct json_object *document, struct policy *policy);

#endif
