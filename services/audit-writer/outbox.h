/* Audit events of the gateway's writes: from the outbox, where they were committed with the write, into the audit log.
 */
#ifndef AUDIT_WRITER_OUTBOX_H
#define AUDIT_WRITER_OUTBOX_H

#include "audit_writer.h"

struct outbox;

struct outbox *outbox_create(struct audit_writer *writer);
void outbox_destroy(struct outbox *outbox);
/* Something was put into it. Without that it is looked at every second. */
void outbox_notified(struct outbox *outbox);
bool outbox_idle(const struct outbox *outbox);

#endif
