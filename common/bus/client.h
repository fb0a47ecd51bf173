/*
 * One librdkafka handle on the loop: common settings, waking, what its statistics say about brokers and topics.
 * Private to bus. All callbacks of librdkafka are served from client->serve, on the loop's thread.
 */
#ifndef BUS_CLIENT_H
#define BUS_CLIENT_H

#include <event2/event.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "base/err.h"
#include "bus/topic.h"

struct bus;
struct client;

typedef void client_serve_fn(struct client *client);

struct client {
	struct bus *bus;
	const char *role; /* "consumer": for the log */
	rd_kafka_t *rk;
	client_serve_fn *serve; /* polls what is there */
	struct event *wake;     /* something lies in a queue, or nothing happened for a while */
	struct event *again; /* a timer and not event_active, which would come before other descriptors are looked at */
	int wake_fd;
	bool connected;              /* a broker is reachable */
	bool was_connected;          /* ever */
	bool fatal;                  /* the handle must be made anew */
	bool has_producer_id;        /* an idempotent producer got its id */
	int partitions[TOPIC_COUNT]; /* how many the topic has, all with a leader; 0 while that is not so */
	double lag[TOPIC_COUNT];     /* records behind the end, of assigned partitions; negative: unknown */
	char last_error[200];
};

/* Sets one property. ERR_CONFIG with where = its name. */
bool client_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err) MUST_CHECK;

/* The settings that all handles share. The caller's. */
bool client_conf(struct client *client, rd_kafka_conf_t **conf, struct err *err) MUST_CHECK;
/* Makes the handle and takes conf, also on failure. ERR_CONFIG. */
bool client_start(struct client *client, rd_kafka_type_t type, rd_kafka_conf_t *conf, client_serve_fn *serve,
	struct err *err) MUST_CHECK;
/* Calls serve whenever something lands in queue. */
void client_watch(struct client *client, rd_kafka_queue_t *queue);
/* Calls serve again in the next turn of the loop. */
void client_wake(struct client *client);
/* Takes the handle off the loop; it is still to be destroyed. */
void client_detach(struct client *client);
/* Takes it off the loop and destroys it; blocks until librdkafka's threads have ended. Harmless if never started. */
void client_destroy(struct client *client);

#endif
