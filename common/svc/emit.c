#include "svc/emit.h"

#include <stdlib.h>
#include <string.h>

#include "log/log.h"
#include "svc/internal.h"

#define RETRY_S 1

struct emission {
	struct emission *next, **link; /* in the service's list */
	struct svc *svc;
	struct bus_message message; /* texts and body are the emission's own */
	struct event *retry;
	svc_emit_done_fn *done;
	void *arg;
};

static void emission_destroy(struct emission *e)
{
	*e->link = e->next;
	if (e->next != NULL)
		e->next->link = e->link;
	if (e->retry != NULL)
		event_free(e->retry);
	free((char *)e->message.key);
	free((char *)e->message.ce_id);
	free((char *)e->message.traceparent);
	free((void *)e->message.body);
	free(e);
}

static bool heals(const struct err *err)
{
	return err_info(err->kind)->retriable;
}

static void on_ack(bool ok, const struct err *err, void *arg);

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct emission *e = arg;
	struct err err = { 0 };
	if (!bus_produce(svc_bus(e->svc), &e->message, on_ack, e, &err))
		on_ack(false, &err, e);
}

static void on_ack(bool ok, const struct err *err, void *arg)
{
	struct emission *e = arg;
	if (!ok) {
		log_err(LOG_LEVEL_WARN, NULL, "a record was not acknowledged, producing it again", err);
		if (e->retry == NULL)
			e->retry = evtimer_new(svc_base(e->svc), on_retry, e);
		event_add(e->retry, &(struct timeval){ .tv_sec = RETRY_S });
		return;
	}
	svc_emit_done_fn *done = e->done;
	void *done_arg = e->arg;
	emission_destroy(e);
	if (done != NULL)
		done(done_arg);
}

static struct emission *emission_create(struct svc *svc, const struct bus_message *message)
{
	struct emission *e = mem_zalloc(1, sizeof(*e));
	e->svc = svc;
	e->message = *message;
	e->message.key = mem_strdup(message->key);
	e->message.ce_id = mem_strdup(message->ce_id);
	e->message.traceparent = message->traceparent != NULL ? mem_strdup(message->traceparent) : NULL;
	if (message->message != NULL) {
		e->message.len = protobuf_c_message_get_packed_size(message->message);
		uint8_t *body = mem_alloc(e->message.len);
		protobuf_c_message_pack(message->message, body);
		e->message.body = body;
		e->message.message = NULL;
	} else {
		e->message.body = mem_dup(message->body, message->len);
	}
	struct emission **head = svc_emissions(svc);
	e->next = *head;
	e->link = head;
	if (e->next != NULL)
		e->next->link = &e->next;
	*head = e;
	return e;
}

bool svc_emit(struct svc *svc, const struct bus_message *message, svc_emit_done_fn *done, void *arg, struct err *err)
{
	struct emission *e = emission_create(svc, message);
	e->done = done;
	e->arg = arg;
	struct err failure = { 0 };
	if (bus_produce(svc_bus(svc), &e->message, on_ack, e, &failure))
		return true;
	if (heals(&failure)) {
		on_ack(false, &failure, e);
		return true;
	}
	emission_destroy(e);
	if (err != NULL)
		*err = failure;
	return false;
}

void svc_emit_ends_delivery(void *delivery)
{
	bus_done(delivery);
}

void svc_emissions_drop(struct svc *svc)
{
	while (*svc_emissions(svc) != NULL)
		emission_destroy(*svc_emissions(svc));
}
