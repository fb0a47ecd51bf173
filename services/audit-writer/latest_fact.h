/* The last answer to each query, kept as the connector-worker sealed it, for the next gate call. */
#ifndef AUDIT_WRITER_LATEST_FACT_H
#define AUDIT_WRITER_LATEST_FACT_H

#include "audit_writer.h"
#include "evidence.pb-c.h"

/* Takes the delivery. */
void latest_fact_keep(struct audit_writer *writer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__EvidenceFact *fact);

#endif
