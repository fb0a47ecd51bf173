#include "batch.h"

#include <stdlib.h>

#include "log/log.h"
#include "metrics/metrics.h"

#define LAZY_MS 200
#define RETRY_MS 500

struct list {
	struct batch_item *first, **end;
	size_t count;
};

struct batch {
	struct svc *svc;
	size_t max;   /* of items in a transaction */
	size_t limit; /* the same, while a bad item is searched for */
	struct list waiting;
	struct list running;
	struct event *start; /* at the end of this turn of the loop */
	struct event *timer; /* lazy items, and trying again */
	bool backs_off;      /* the last transaction failed: nothing starts before the timer */
};

static const double size_buckets[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 0 };
static struct metric batch_items = {
	.name = "rp_batch_items",
	.help = "Items that were committed together.",
	.type = METRIC_HISTOGRAM,
	.buckets = size_buckets,
};

static void list_init(struct list *list)
{
	*list = (struct list){ NULL, &list->first, 0 };
}

static void list_push(struct list *list, struct batch_item *item)
{
	item->next = NULL;
	*list->end = item;
	list->end = &item->next;
	list->count++;
}

static struct batch_item *list_pop(struct list *list)
{
	struct batch_item *item = list->first;
	if (item == NULL)
		return NULL;
	list->first = item->next;
	if (list->first == NULL)
		list->end = &list->first;
	list->count--;
	return item;
}

/* Puts what ran back in front of what waits, in its order. */
static void put_back(struct batch *batch)
{
	if (batch->running.first == NULL)
		return;
	*batch->running.end = batch->waiting.first;
	if (batch->waiting.first == NULL)
		batch->waiting.end = batch->running.end;
	batch->waiting.first = batch->running.first;
	batch->waiting.count += batch->running.count;
	list_init(&batch->running);
}

static void wake_later(struct batch *batch, int delay_ms)
{
	if (!event_pending(batch->timer, EV_TIMEOUT, NULL))
		event_add(batch->timer, &(struct timeval){ .tv_usec = delay_ms * 1000 });
}

static void all_committed(struct batch *batch)
{
	struct list done = batch->running;
	if (done.first == NULL)
		return;
	metric_observe(&batch_items, NULL, (double)done.count);
	list_init(&batch->running);
	batch->limit = batch->limit * 2 < batch->max ? batch->limit * 2 : batch->max;
	for (struct batch_item *next, *item = done.first; item != NULL; item = next) {
		next = item->next;
		item->committed(item);
	}
}

static void on_done(bool ok, const struct err *err, void *arg)
{
	struct batch *batch = arg;
	if (ok) {
		all_committed(batch);
		event_active(batch->start, EV_TIMEOUT, 0);
	} else if (err_info(err->kind)->retriable) {
		log_err(LOG_LEVEL_WARN, NULL, "a transaction could not be made, trying again", err);
		put_back(batch);
		batch->backs_off = true;
		event_del(batch->timer);
		wake_later(batch, RETRY_MS);
	} else if (batch->running.count > 1) {
		batch->limit = batch->running.count / 2;
		put_back(batch);
		event_active(batch->start, EV_TIMEOUT, 0);
	} else {
		struct batch_item *item = list_pop(&batch->running);
		item->refused(item, err);
		event_active(batch->start, EV_TIMEOUT, 0);
	}
}

static void on_start(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct batch *batch = arg;
	if (batch->running.count > 0 || batch->waiting.count == 0 || batch->backs_off)
		return;
	event_del(batch->timer);
	struct pg_work *work = pg_work_create(svc_pg(batch->svc), NULL);
	while (batch->running.count < batch->limit && batch->waiting.count > 0) {
		struct batch_item *item = list_pop(&batch->waiting);
		list_push(&batch->running, item);
		item->write(item, work);
	}
	pg_work_run(work, on_done, batch);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct batch *batch = arg;
	batch->backs_off = false;
	on_start(fd, what, batch);
}

struct batch *batch_create(struct svc *svc, size_t max)
{
	struct batch *batch = mem_zalloc(1, sizeof(*batch));
	batch->svc = svc;
	batch->max = batch->limit = max;
	list_init(&batch->waiting);
	list_init(&batch->running);
	batch->start = event_new(svc_base(svc), -1, 0, on_start, batch);
	batch->timer = evtimer_new(svc_base(svc), on_timer, batch);
	metrics_register(&batch_items);
	return batch;
}

void batch_destroy(struct batch *batch)
{
	if (batch == NULL)
		return;
	put_back(batch);
	for (struct batch_item *item; (item = list_pop(&batch->waiting)) != NULL;)
		item->drop(item);
	event_free(batch->start);
	event_free(batch->timer);
	free(batch);
}

void batch_add(struct batch *batch, struct batch_item *item)
{
	list_push(&batch->waiting, item);
	/* Behind the records that this turn of the loop still hands over. While a retry is pending, it comes with that.
	 */
	event_active(batch->start, EV_TIMEOUT, 0);
}

void batch_add_lazily(struct batch *batch, struct batch_item *item)
{
	list_push(&batch->waiting, item);
	wake_later(batch, LAZY_MS);
}

bool batch_is_empty(const struct batch *batch)
{
	return batch->waiting.count == 0 && batch->running.count == 0;
}
