/*
 * Group commit: what arrives while a transaction is under way goes into the next one, all of it in one round trip. A
 * transaction that PostgreSQL refuses for good is cut in half until the one bad item stands alone; one that may heal is
 * tried again without bound.
 */
#ifndef AUDIT_WRITER_BATCH_H
#define AUDIT_WRITER_BATCH_H

#include <stdbool.h>

#include "svc/svc.h"

struct batch;

/* One thing to write. The owner embeds it; the batch has it from batch_add until it calls committed or refused. */
struct batch_item {
	struct batch_item *next;
	/* Adds its statements. Called again for each try. */
	void (*write)(struct batch_item *item, struct pg_work *work);
	/* It is on disk. */
	void (*committed)(struct batch_item *item);
	/* It never can be; alone it was refused for this reason. */
	void (*refused)(struct batch_item *item, const struct err *why);
	/* The process stops: frees it. */
	void (*drop)(struct batch_item *item);
};

struct batch *batch_create(struct svc *svc, size_t max);
/* Drops what was not committed: its records are read again by the next process. */
void batch_destroy(struct batch *batch);

/* Writes the item with what else is there, as soon as the transaction under way is over. */
void batch_add(struct batch *batch, struct batch_item *item);
/* The same, but it waits for company, at most 200 ms. For what nobody waits for. */
void batch_add_lazily(struct batch *batch, struct batch_item *item);
bool batch_is_empty(const struct batch *batch);

#endif
