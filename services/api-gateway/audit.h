/*
 * Audit events of changes. A change and its event are one statement, so that neither is ever there without the other:
 * the statement of a store makes the change in a WITH clause and appends AUDIT_OF to it, which writes one event for
 * each row that the change returned, hence none when nothing changed.
 */
#ifndef GATEWAY_AUDIT_H
#define GATEWAY_AUDIT_H

#include <json-c/json_object.h>

#include "base/arena.h"
#include "base/err.h"
#include "pg/pg.h"

/*
 * A further clause of a WITH. kind, object_type: texts of ours; workspace, actor, object_id, body: parameters such as
 * "$1"; change: the name of the clause whose rows are the changes.
 */
#define AUDIT_OF(kind, object_type, workspace, actor, object_id, body, change)                                   \
	", audited AS (INSERT INTO releasepassport.audit_outbox"                                                 \
	" (workspace, kind, actor, object_type, object_id, body) SELECT " workspace "::text, '" kind "', " actor \
	"::text, '" object_type "', " object_id "::text, " body "::bytea FROM " change ")"

/*
 * The event's body as a parameter: what, in canonical form (RFC 8785), kept in arena. No secret may be in it. what
 * comes from json_parse or is made by us, so it has a canonical form.
 */
struct pg_param audit_body(const struct json_object *what, struct arena *arena);

#endif
