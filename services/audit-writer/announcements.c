#include "announcements.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "batch.h"
#include "bus/record_key.h"
#include "json/json.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "passport/member.h"
#include "store.h"
#include "svc/emit.h"

#define SWEEP_EVERY_S 1
#define SWEEP_MAX 100

/* A decision from its announcement until its mark is on disk. */
struct announcement {
	struct batch_item item; /* the mark */
	struct announcements *owner;
	struct bus_delivery *delivery;
	UT_hash_handle hh;
	char evaluation_id[];
};

struct announcements {
	struct audit_writer *writer;
	struct announcement *table;
	struct event *sweep;
	bool sweeping;
};

static struct metric announced = {
	.name = "rp_decisions_announced_total",
	.help = "Decisions put on the public topic, repetitions included.",
	.type = METRIC_COUNTER,
};

static void announcement_free(struct announcement *a)
{
	HASH_DEL(a->owner->table, a);
	free(a);
}

/* --- the mark --- */

static struct announcement *announcement_of(struct batch_item *item)
{
	return (struct announcement *)item; /* its first member */
}

static void write_mark(struct batch_item *item, struct pg_work *work)
{
	store_add_announced(work, announcement_of(item)->evaluation_id);
}

static void mark_committed(struct batch_item *item)
{
	announcement_free(announcement_of(item));
}

static void mark_refused(struct batch_item *item, const struct err *why)
{
	struct announcement *a = announcement_of(item);
	log_err(LOG_LEVEL_ERROR, &(struct log_ctx){ a->evaluation_id }, "an announcement can't be marked", why);
	announcement_free(a);
}

static void mark_drop(struct batch_item *item)
{
	announcement_free(announcement_of(item));
}

/* --- announcing --- */

static void on_acknowledged(void *arg)
{
	struct announcement *a = arg;
	metric_add(&announced, NULL, 1);
	if (a->delivery != NULL)
		bus_done(a->delivery);
	batch_add_lazily(a->owner->writer->batch, &a->item);
}

static int64_t decided_at(const char *event, size_t len)
{
	owned(json) struct json_object *json = NULL;
	int64_t time_us = 0;
	if (!json_parse(event, len, &json, NULL) || !member_time(json, "decidedAt", &time_us))
		return 0;
	return time_us;
}

void announcements_add(struct announcements *announcements, const char *evaluation_id, const char *key,
	const char *traceparent, const char *event, size_t len, struct bus_delivery *delivery)
{
	const size_t id_len = strlen(evaluation_id);
	struct announcement *a = mem_zalloc(1, sizeof(*a) + id_len + 1);
	a->item = (struct batch_item){ NULL, write_mark, mark_committed, mark_refused, mark_drop };
	a->owner = announcements;
	a->delivery = delivery;
	memcpy(a->evaluation_id, evaluation_id, id_len + 1);
	HASH_ADD(hh, announcements->table, evaluation_id[0], (unsigned)id_len, a);
	char ce_id[128];
	snprintf(ce_id, sizeof(ce_id), "decision/%.100s", evaluation_id);
	struct err err = { 0 };
	if (svc_emit(announcements->writer->svc,
		    &(struct bus_message){ .topic = TOPIC_DECISIONS,
			    .key = key,
			    .partition = -1,
			    .ce_id = ce_id,
			    .ce_time_us = decided_at(event, len),
			    .traceparent = traceparent,
			    .body = event,
			    .len = len },
		    on_acknowledged, a, &err))
		return;
	/* It stays recorded and unmarked, where the alarm on the oldest unannounced decision sees it. */
	log_err(LOG_LEVEL_ERROR, &(struct log_ctx){ evaluation_id }, "a decision can't be announced", &err);
	if (delivery != NULL)
		bus_dead_letter(delivery, &err);
	announcement_free(a);
}

/* --- the sweep --- */

static void on_unannounced(const struct pg_result *rows, void *arg)
{
	struct announcements *announcements = arg;
	for (int i = 0; i < pg_rows(rows); i++) {
		struct announcement *under_way;
		const char *evaluation_id = pg_text(rows, i, 0);
		HASH_FIND_STR(announcements->table, evaluation_id, under_way);
		if (under_way != NULL)
			continue;
		char key[RECORD_KEY_SIZE];
		owned_buf struct buf event = { 0 };
		record_key(pg_text(rows, i, 1), pg_text(rows, i, 2), pg_text(rows, i, 3), key);
		pg_bytes(rows, i, 4, &event);
		LOG_INFO(&(struct log_ctx){ evaluation_id }, "announcing a recorded decision again");
		announcements_add(announcements, evaluation_id, key, NULL, buf_str(&event), event.len, NULL);
	}
}

static void on_swept(bool ok, const struct err *err, void *arg)
{
	struct announcements *announcements = arg;
	announcements->sweeping = false;
	if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "unannounced decisions could not be looked for", err);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct announcements *announcements = arg;
	struct pg *pg = svc_pg(announcements->writer->svc);
	/* Without Kafka there is no use in filling memory with what can't be sent. */
	if (announcements->sweeping || !pg_is_connected(pg) || !bus_is_connected(svc_bus(announcements->writer->svc)))
		return;
	announcements->sweeping = true;
	store_unannounced(pg, SWEEP_MAX, on_unannounced, on_swept, announcements);
}

struct announcements *announcements_create(struct audit_writer *writer)
{
	struct announcements *announcements = mem_zalloc(1, sizeof(*announcements));
	announcements->writer = writer;
	announcements->sweep = event_new(svc_base(writer->svc), -1, EV_PERSIST, on_sweep, announcements);
	event_add(announcements->sweep, &(struct timeval){ .tv_sec = SWEEP_EVERY_S });
	metrics_register(&announced);
	return announcements;
}

void announcements_destroy(struct announcements *announcements)
{
	if (announcements == NULL)
		return;
	while (announcements->table != NULL)
		announcement_free(announcements->table);
	event_free(announcements->sweep);
	free(announcements);
}

bool announcements_idle(const struct announcements *announcements)
{
	return announcements->table == NULL;
}
