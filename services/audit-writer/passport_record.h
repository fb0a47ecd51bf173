/*
 * A passport on its way to the database: verified, taken apart into its row, its facts and its leaf, recorded, and then
 * announced.
 */
#ifndef AUDIT_WRITER_PASSPORT_RECORD_H
#define AUDIT_WRITER_PASSPORT_RECORD_H

#include "audit_writer.h"
#include "verdict.pb-c.h"

/* Takes the delivery. A passport that can't be believed becomes a dead letter. */
void passport_record(struct audit_writer *writer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__Passport *passport);

#endif
