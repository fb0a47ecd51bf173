#include "latest_fact.h"

#include <stdlib.h>

#include "batch.h"
#include "log/log.h"
#include "store.h"

struct fact_item {
	struct batch_item item; /* first: the batch knows it by this */
	struct bus_delivery *delivery;
	const struct bus_record *record; /* lives as long as the delivery, as does the fact */
	const Rp__V1__EvidenceFact *fact;
};

static void write_fact(struct batch_item *item, struct pg_work *work)
{
	const struct fact_item *f = (const struct fact_item *)item;
	store_add_latest_fact(work, f->fact, f->record);
}

static void drop(struct batch_item *item)
{
	free(item);
}

static void on_committed(struct batch_item *item)
{
	bus_done(((struct fact_item *)item)->delivery);
	drop(item);
}

static void on_refused(struct batch_item *item, const struct err *why)
{
	log_err(LOG_LEVEL_ERROR, NULL, "a fact can't be kept", why);
	bus_dead_letter(((struct fact_item *)item)->delivery, why);
	drop(item);
}

void latest_fact_keep(struct audit_writer *writer, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__EvidenceFact *fact)
{
	struct err err;
	if (fact->fact == NULL || fact->fact->query_digest[0] == '\0' || record->mac == NULL) {
		/* This process holds no key to check the seal; the evaluator, which does, will. */
		err_set(&err, ERR_INVALID, "the fact names no query or is not sealed");
		bus_dead_letter(delivery, &err);
		return;
	}
	struct fact_item *f = mem_zalloc(1, sizeof(*f));
	f->item = (struct batch_item){ NULL, write_fact, on_committed, on_refused, drop };
	f->delivery = delivery;
	f->record = record;
	f->fact = fact;
	batch_add_lazily(writer->batch, &f->item);
}
