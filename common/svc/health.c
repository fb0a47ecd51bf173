#include "svc/health.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/router.h"
#include "http/server.h"
#include "json/json.h"
#include "metrics/metrics.h"

struct health {
	struct svc *svc;
	struct http_server *server;
};

/* The loop turns, else there would be no answer. */
static void get_healthz(struct http_request *request, void *context)
{
	(void)context;
	http_respond(request, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

static void get_readyz(struct http_request *request, void *context)
{
	const struct health *health = context;
	const char *reason;
	const bool ready = svc_is_ready(health->svc, &reason);
	owned(json) struct json_object *answer = json_object_new_object();
	json_add_bool(answer, "ready", ready);
	json_add_string(answer, "reason", ready ? NULL : reason);
	http_respond_json(request, ready ? 200 : 503, answer);
}

static void get_metrics(struct http_request *request, void *context)
{
	const struct health *health = context;
	const char *reason;
	(void)svc_is_ready(health->svc, &reason); /* brings rp_ready up to date */
	owned_buf struct buf text = { 0 };
	metrics_expose(&text);
	http_respond(request, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&text), text.len);
}

static const struct http_route routes[] = {
	{ "GET", "/healthz", get_healthz },
	{ "GET", "/readyz", get_readyz },
	{ "GET", "/metrics", get_metrics },
	{ 0 },
};

static void on_request(struct http_request *request, void *context)
{
	http_route_dispatch(routes, request, context);
}

struct health *health_create(struct svc *svc, const struct conf_address *listen, struct err *err)
{
	struct health *health = mem_zalloc(1, sizeof(*health));
	const struct http_server_conf conf = { .listen = *listen, .connections_max = 64 };
	health->svc = svc;
	health->server = http_server_create(svc_base(svc), &conf, on_request, health, err);
	if (health->server == NULL) {
		if (err != NULL) {
			struct err cause = *err;
			err_set_at(err, ERR_CONFIG, "HEALTH_LISTEN", "%s", cause.text);
		};
		free(health);
		return NULL;
	}
	return health;
}

void health_destroy(struct health *health)
{
	if (health == NULL)
		return;
	http_server_destroy(health->server);
	free(health);
}

uint16_t health_port(const struct health *health)
{
	return http_server_port(health->server);
}
