/*
 * The service runtime: what every process is made of exists once, here. A service is a descriptor; main() is one line:
 *
 *	int main(int argc, char **argv) { return svc_main(&signer_svc, argc, argv); }
 *
 * svc_main reads the configuration (the service's table plus svc_common_conf; `--help`, `--help=markdown`,
 *`--version`), sets up the log, makes the loop, the health port (/healthz /readyz /metrics), Kafka and PostgreSQL if
 *the descriptor asks for them, calls start, runs until SIGTERM or SIGINT, drains within DRAIN_TIMEOUT and returns the
 *exit status: 0 after a clean drain, 2 for a wrong setting, 4 otherwise. While PostgreSQL is away, the handlers'
 *partitions are held.
 */
#ifndef SVC_SVC_H
#define SVC_SVC_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "bus/bus.h"
#include "conf/conf.h"
#include "pg/pg.h"

struct svc;

struct svc_tail {
	enum topic topic;
	bool from_start;
	bus_tail_fn *handle;
};

/* The statements of one store.c. */
struct svc_store {
	const struct pg_statement *const *statements;
	size_t count;
};

struct svc_descriptor {
	enum service_id id;
	const char *summary;         /* one line for --help */
	const struct conf_key *conf; /* the service's own keys, a row without a name at the end */
	size_t conf_size;
	const struct bus_handler *handlers;
	size_t handler_count;
	const struct svc_tail *tails;
	size_t tail_count;
	int64_t produce_timeout_ms;              /* as in struct bus_conf */
	enum mac_pair mac_pairs[MAC_PAIR_COUNT]; /* keys that it holds, MAC_NONE at the end */
	const struct svc_store *stores;          /* its statements, a row without any at the end; NULL: no PostgreSQL */
	const char *const *channels;             /* LISTEN, NULL at the end; NULL: none */

	/* Makes the service's state and hands it to svc_set_state. ERR_CONFIG names the key. */
	bool (*start)(struct svc *svc, struct err *err);
	/* Begins to drain: take no new work. NULL allowed. */
	void (*drain)(struct svc *svc);
	/* Is nothing in flight any more? NULL: always. */
	bool (*is_idle)(struct svc *svc);
	/* Frees the state. NULL allowed; called once even if start failed halfway. */
	void (*stop)(struct svc *svc);

	/* All NULL allowed. Handlers and tails get the struct svc as their context. */
	void (*assigned)(struct svc *svc, enum topic topic, int32_t partition);
	void (*revoked)(struct svc *svc, enum topic topic, int32_t partition);
	void (*pg_connected)(struct svc *svc, bool connected);
	void (*notified)(struct svc *svc, const char *channel, const char *payload);
	/* A further condition of readiness; reason is static text. */
	bool (*is_ready)(struct svc *svc, const char **reason);
};

int svc_main(const struct svc_descriptor *descriptor, int argc, char **argv);

enum service_id svc_service(const struct svc *svc);
struct event_base *svc_base(const struct svc *svc);
struct evdns_base *svc_dns(const struct svc *svc);
struct bus *svc_bus(const struct svc *svc);
struct pg *svc_pg(const struct svc *svc); /* NULL without stores, and once the process stops */
const void *svc_conf(const struct svc *svc);
void *svc_state(const struct svc *svc);
void svc_set_state(struct svc *svc, void *state);
/* Ready as /readyz would say. */
bool svc_is_ready(const struct svc *svc, const char **reason);

#endif
