/* What operators alarm on and only the database knows: oldest outbox row, oldest unannounced decision, partitions
 * ahead. */
#ifndef AUDIT_WRITER_GAUGES_H
#define AUDIT_WRITER_GAUGES_H

#include "audit_writer.h"

struct gauges;

struct gauges *gauges_create(struct audit_writer *writer);
void gauges_destroy(struct gauges *gauges);

#endif
