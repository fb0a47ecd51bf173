/* `releasepassport maintain`: month partitions ahead of time, and an end to what retention no longer keeps. */
#ifndef RELEASEPASSPORT_MAINTAIN_H
#define RELEASEPASSPORT_MAINTAIN_H

#include <stdbool.h>

#include "base/err.h"
#include "database.h"

#define MAINTAIN_MONTHS_AHEAD 3
#define MAINTAIN_MONTHS_AHEAD_MAX 24

/* The metric rp_partitions_ahead: months after this one that every partitioned table has a partition for; -1: not even
 * for this one. rp_audit_writer may ask too. */
#define MAINTAIN_PARTITIONS_AHEAD_SQL "SELECT releasepassport.partitions_ahead()"

struct maintain_options {
	const char *dsn;      /* of rp_migrate or a superuser */
	int months_ahead;     /* 1 to MAINTAIN_MONTHS_AHEAD_MAX */
	int retention_months; /* whole months to keep before this one; 0: everything stays */
	database_say_fn *say;
	void *arg;
};

/*
 * Each step is a transaction of its own, so that what is done stays done; run again, it goes on. *partitions_ahead may
 * be NULL. Records are never touched but for the month partitions that end, and by moving them out of DEFAULT.
 */
bool maintain_run(const struct maintain_options *options, int *partitions_ahead, struct err *err) MUST_CHECK;

#endif
