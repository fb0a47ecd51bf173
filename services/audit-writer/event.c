#include "event.h"

#include <stdlib.h>

#include "batch.h"
#include "base/arena.h"
#include "log/log.h"
#include "store.h"
#include "tlog/leaf.h"

struct recorded_event {
	struct batch_item item; /* first: the batch knows the event by it */
	struct arena *arena;
	struct store_event row;
	struct bus_delivery *delivery;
	void (*ended)(bool recorded, void *arg);
	void *arg;
	struct buf leaf;
	uint8_t leaf_hash[SHA256_SIZE];
};

static void drop(struct batch_item *item)
{
	struct recorded_event *event = (struct recorded_event *)item;
	buf_finish(&event->leaf);
	arena_destroy(event->arena);
	free(event);
}

static void event_write(struct batch_item *item, struct pg_work *work)
{
	store_add_event(work, &((struct recorded_event *)item)->row);
}

static void end(struct recorded_event *event, bool recorded)
{
	if (event->ended != NULL)
		event->ended(recorded, event->arg);
	drop(&event->item);
}

static void event_committed(struct batch_item *item)
{
	struct recorded_event *event = (struct recorded_event *)item;
	if (event->delivery != NULL)
		bus_done(event->delivery);
	end(event, true);
}

static void event_refused(struct batch_item *item, const struct err *why)
{
	struct recorded_event *event = (struct recorded_event *)item;
	log_err(LOG_LEVEL_ERROR, NULL, "an audit event can't be recorded", why);
	if (event->delivery != NULL)
		bus_dead_letter(event->delivery, why);
	end(event, false);
}

void event_record(struct audit_writer *writer, const struct event_source *source)
{
	struct recorded_event *event = mem_zalloc(1, sizeof(*event));
	struct arena *arena = event->arena = arena_create();
	event->item = (struct batch_item){ NULL, event_write, event_committed, event_refused, drop };
	event->delivery = source->delivery;
	event->ended = source->ended;
	event->arg = source->arg;
	struct tlog_leaf leaf = { .kind = TLOG_AUDIT_EVENT, .id = source->event_id, .time_us = source->happened_at_us };
	struct err err;
	sha256(source->body, source->body_len, leaf.digest);
	if (!tlog_leaf_record(&leaf, &event->leaf, &err)) {
		event_refused(&event->item, &err);
		return;
	}
	tlog_leaf_hash(event->leaf.data, event->leaf.len, event->leaf_hash);
	event->row = (struct store_event){
		.event_id = arena_strdup(arena, source->event_id),
		.workspace = arena_strdup(arena, source->workspace),
		.kind = arena_strdup(arena, source->kind),
		.actor = arena_strdup(arena, source->actor),
		.object_type = arena_strdup(arena, source->object_type),
		.object_id = arena_strdup(arena, source->object_id),
		.body = arena_strndup(arena, source->body, source->body_len),
		.body_len = source->body_len,
		.leaf = event->leaf.data,
		.leaf_len = event->leaf.len,
		.leaf_hash = event->leaf_hash,
		.happened_at_us = source->happened_at_us,
		.outbox_id = source->outbox_id,
	};
	batch_add(writer->batch, &event->item);
}
