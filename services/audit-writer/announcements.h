/*
 * Recorded decisions on their way to the public topic. A sweep announces again what is recorded and has no mark: byte
 * for byte the same, with the same ce_id.
 */
#ifndef AUDIT_WRITER_ANNOUNCEMENTS_H
#define AUDIT_WRITER_ANNOUNCEMENTS_H

#include "audit_writer.h"

struct announcements;

struct announcements *announcements_create(struct audit_writer *writer);
void announcements_destroy(struct announcements *announcements);

/*
 * Announces a recorded decision; key is workspace/service/environment, event its bytes (copied). delivery, if not NULL,
 * ends when the announcement is acknowledged.
 */
void announcements_add(struct announcements *announcements, const char *evaluation_id, const char *key,
	const char *traceparent, const char *event, size_t len, struct bus_delivery *delivery);
bool announcements_idle(const struct announcements *announcements);

#endif
