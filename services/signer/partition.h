/*
 * The signer's memory of each partition of verdicts that it owns: a ledger, rebuilt by reading the passports topic's
 * partition of the same number back before the first verdict is taken.
 */
#ifndef SIGNER_PARTITION_H
#define SIGNER_PARTITION_H

#include "ledger.h"
#include "svc/svc.h"

struct partitions;

struct partitions *partitions_create(struct svc *svc);
void partitions_destroy(struct partitions *partitions);

/* The partition came: it is held until its ledger is rebuilt, however often reading back has to be tried. */
void partitions_assigned(struct partitions *partitions, int32_t partition);
void partitions_revoked(struct partitions *partitions, int32_t partition);
/* Are all assigned partitions rebuilt? */
bool partitions_ready(const struct partitions *partitions);
/* The ledger of a partition whose verdict was handed to us. */
struct ledger *partitions_ledger(struct partitions *partitions, int32_t partition);

#endif
