#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "event.h"
#include "log/log.h"
#include "store.h"

#define LOOK_EVERY_S 1
#define ROWS_MAX 200

struct outbox {
	struct audit_writer *writer;
	struct event *timer;
	bool reading;
	bool again;     /* more came, or more is there than one reading takes */
	size_t writing; /* rows handed to the batch */
};

static void look(struct outbox *outbox);

static void on_row_ended(bool recorded, void *arg)
{
	struct outbox *outbox = arg;
	outbox->writing--;
	/* A row that stays would be read again at once and for ever: the timer is soon enough. */
	if (!recorded)
		outbox->again = false;
	if (outbox->writing == 0 && outbox->again)
		look(outbox);
}

static void on_rows(const struct pg_result *rows, void *arg)
{
	struct outbox *outbox = arg;
	outbox->again = outbox->again || pg_rows(rows) == ROWS_MAX;
	for (int i = 0; i < pg_rows(rows); i++) {
		owned_buf struct buf body = { 0 };
		pg_bytes(rows, i, 6, &body);
		char event_id[64];
		snprintf(event_id, sizeof(event_id), "outbox/%lld", (long long)pg_int(rows, i, 0));
		outbox->writing++;
		event_record(outbox->writer, &(struct event_source){
						     .event_id = event_id,
						     .workspace = pg_text(rows, i, 1),
						     .kind = pg_text(rows, i, 2),
						     .actor = pg_text(rows, i, 3),
						     .object_type = pg_text(rows, i, 4),
						     .object_id = pg_text(rows, i, 5),
						     .body = buf_str(&body),
						     .body_len = body.len,
						     .happened_at_us = pg_time_us(rows, i, 7),
						     .outbox_id = pg_int(rows, i, 0),
						     .ended = on_row_ended,
						     .arg = outbox,
					     });
	}
}

static void on_read(bool ok, const struct err *err, void *arg)
{
	struct outbox *outbox = arg;
	outbox->reading = false;
	if (!ok)
		log_err(LOG_LEVEL_WARN, NULL, "the outbox could not be read", err);
	else if (outbox->writing == 0 && outbox->again)
		look(outbox);
}

/* One reading at a time, and none before its rows are gone: else they would be read twice. */
static void look(struct outbox *outbox)
{
	struct pg *pg = svc_pg(outbox->writer->svc);
	if (outbox->reading || outbox->writing > 0) {
		outbox->again = true;
		return;
	}
	outbox->again = false;
	if (!pg_is_connected(pg))
		return;
	outbox->reading = true;
	store_outbox(pg, ROWS_MAX, on_rows, on_read, outbox);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	look(arg);
}

void outbox_notified(struct outbox *outbox)
{
	look(outbox);
}

struct outbox *outbox_create(struct audit_writer *writer)
{
	struct outbox *outbox = mem_zalloc(1, sizeof(*outbox));
	outbox->writer = writer;
	outbox->timer = event_new(svc_base(writer->svc), -1, EV_PERSIST, on_timer, outbox);
	event_add(outbox->timer, &(struct timeval){ .tv_sec = LOOK_EVERY_S });
	return outbox;
}

void outbox_destroy(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	event_free(outbox->timer);
	free(outbox);
}

bool outbox_idle(const struct outbox *outbox)
{
	return !outbox->reading && outbox->writing == 0;
}
