/* Audit events: what happened besides decisions, each with its leaf. */
#ifndef AUDIT_WRITER_EVENT_H
#define AUDIT_WRITER_EVENT_H

#include "audit_writer.h"

/* Texts and body are copied. */
struct event_source {
	const char *event_id; /* deterministic: a repeat is harmless */
	const char *workspace, *kind, *actor, *object_type, *object_id;
	const char *body; /* canonical JSON */
	size_t body_len;
	int64_t happened_at_us;
	int64_t outbox_id;             /* the row that it comes from and that goes with it; 0: none */
	struct bus_delivery *delivery; /* ends when it is on disk; NULL: none */
	/* Called when it is on disk, or refused for good; NULL: nobody cares. Not called when the process stops. */
	void (*ended)(bool recorded, void *arg);
	void *arg;
};

/* Goes to the database with the next transaction. */
void event_record(struct audit_writer *writer, const struct event_source *source);

#endif
