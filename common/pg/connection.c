#include "pg/connection.h"

#include <assert.h>
#include <errno.h>
#include <event2/util.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "log/log.h"
#include "pg/listen.h"
#include "pg/pipeline.h"
#include "pg/pool.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 5000

static void on_socket(evutil_socket_t fd, short what, void *arg);

static void set_timer(struct connection *c, int64_t delay_ms)
{
	struct timeval delay = { .tv_sec = delay_ms / 1000, .tv_usec = (delay_ms % 1000) * 1000 };
	event_add(c->timer, &delay);
}

static void free_event(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

static void watch_socket(struct connection *c, short what)
{
	free_event(&c->socket_event);
	c->socket_event = event_new(c->pg->base, PQsocket(c->conn), what, on_socket, c);
	event_add(c->socket_event, NULL);
}

bool connection_is_ready(const struct connection *c)
{
	return c->state == STATE_READY && !c->broken;
}

/* Between half of it and the whole, so that the processes that a restart threw out don't come back in one moment. */
static int64_t jittered(int64_t delay_ms)
{
	uint32_t random;
	evutil_secure_rng_get_bytes(&random, sizeof(random));
	return delay_ms / 2 + (int64_t)(random % (uint32_t)(delay_ms / 2 + 1));
}

/* One line, cut to size. */
static void copy_line(char *line, size_t size, const char *text)
{
	snprintf(line, size, "%s", text);
	size_t len = strlen(line);
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == ' '))
		line[--len] = '\0';
	for (char *c = line; *c != '\0'; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
}

static void close_connection(struct connection *c)
{
	resolve_cancel(take(c->resolve));
	free_event(&c->socket_event);
	free_event(&c->write_event);
	event_del(c->timer);
	if (c->conn != NULL)
		PQfinish(take(c->conn));
	c->broken = false;
	c->state = STATE_WAITING;
}

static void fail_works(struct connection *c, const char *text)
{
	struct pg_queue lost = c->queue;
	c->queue = (struct pg_queue){ 0 };
	for (struct pg_work *work; (work = queue_pop(&lost)) != NULL;)
		work_fail(work, text);
}

/* A long outage is one line of the log and one more for each new reason. */
static void complain(struct connection *c, const char *reason)
{
	char line[sizeof(c->complaint)];
	copy_line(line, sizeof(line), reason);
	if (c->state == STATE_READY || strcmp(line, c->complaint) != 0)
		LOG_WARN(NULL, "no connection to PostgreSQL", LOG_STR("reason", line));
	memcpy(c->complaint, line, sizeof(line));
}

static void tear_down(struct connection *c)
{
	close_connection(c);
	set_timer(c, jittered(c->backoff_ms));
	c->backoff_ms = c->backoff_ms * 2 < BACKOFF_MAX_MS ? c->backoff_ms * 2 : BACKOFF_MAX_MS;
	pool_connection_changed(c->pg);
	fail_works(c, "the connection to PostgreSQL broke");
}

void connection_fail(struct connection *c, const char *reason)
{
	complain(c, reason);
	tear_down(c);
}

void connection_break(struct connection *c, const char *reason)
{
	if (c->broken)
		return;
	complain(c, reason);
	c->broken = true;
	event_active(c->timer, EV_TIMEOUT, 0);
}

static void on_prepared(bool ok, const struct err *err, void *arg)
{
	struct connection *c = arg;
	if (c->state != STATE_PREPARING)
		return; /* it is being torn down */
	if (!ok) {
		connection_break(c, err->text);
		return;
	}
	c->state = STATE_READY;
	c->backoff_ms = BACKOFF_MIN_MS;
	c->complaint[0] = '\0';
	event_del(c->timer);
	pool_connection_changed(c->pg);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct connection *c = arg;
	if (!pipeline_flush(c))
		connection_fail(c, PQerrorMessage(c->conn));
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg, (void)result;
}

static void prepare(struct connection *c)
{
	c->state = STATE_PREPARING;
	PQsetNoticeReceiver(c->conn, ignore_notice, NULL);
	if (PQsetnonblocking(c->conn, 1) != 0 || !PQenterPipelineMode(c->conn)) {
		connection_fail(c, PQerrorMessage(c->conn));
		return;
	}
	watch_socket(c, EV_READ | EV_PERSIST);
	c->write_event = event_new(c->pg->base, PQsocket(c->conn), EV_WRITE, on_writable, c);
	struct pg_work *work = work_create();
	work->done = on_prepared;
	work->arg = c;
	work_add(work, PG_CALL_PREPARE, &work_set_workspace, NULL);
	for (size_t i = 0; i < c->pg->statement_count; i++)
		work_add(work, PG_CALL_PREPARE, c->pg->statements[i], NULL);
	if (c->listens)
		listen_add(work, c->pg->channels);
	pipeline_send(c, work);
}

static void connect_on(struct connection *c)
{
	switch (PQconnectPoll(c->conn)) {
	case PGRES_POLLING_OK: prepare(c); break;
	case PGRES_POLLING_READING: watch_socket(c, EV_READ); break;
	case PGRES_POLLING_WRITING: watch_socket(c, EV_WRITE); break;
	case PGRES_POLLING_ACTIVE:
	case PGRES_POLLING_FAILED: connection_fail(c, PQerrorMessage(c->conn)); break;
	}
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct connection *c = arg;
	if (c->broken)
		return;
	if (c->state == STATE_CONNECTING)
		connect_on(c);
	else if (!pipeline_read(c) && !c->broken)
		connection_fail(c, PQerrorMessage(c->conn));
}

/* What every session has, whatever the connection string says. Statements this short only lose time by being compiled.
 */
static void session_options(const struct connection *c, struct buf *options)
{
	const char *given = dsn_value(&c->pg->dsn, "options");
	int64_t timeout_ms = c->pg->conf.statement_timeout_ms;
	if (given != NULL)
		buf_printf(options, "%s ", given);
	buf_printf(options,
		"-c search_path=releasepassport -c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex -c jit=off"
		" -c statement_timeout=%" PRId64 " -c idle_in_transaction_session_timeout=%" PRId64,
		timeout_ms, timeout_ms);
}

#define KEYWORDS_MAX 64

struct keywords {
	const char *names[KEYWORDS_MAX], *values[KEYWORDS_MAX];
	size_t count;
};

static void add_keyword(struct keywords *keywords, const char *name, const char *value)
{
	assert(keywords->count + 1 < KEYWORDS_MAX);
	keywords->names[keywords->count] = name;
	keywords->values[keywords->count] = value;
	keywords->count++;
}

static bool is_ours(const struct dsn *dsn, const char *keyword)
{
	if (strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0)
		return dsn->host_count > 0;
	return strcmp(keyword, "options") == 0 || strcmp(keyword, "client_encoding") == 0;
}

static PGconn *begin_connect(struct connection *c, const struct resolve_lists *lists)
{
	const struct dsn *dsn = &c->pg->dsn;
	struct keywords keywords = { 0 };
	owned_buf struct buf options = { 0 };
	session_options(c, &options);
	/* A Kerberos library would do network requests of its own, blocking. */
	if (dsn_value(dsn, "gssencmode") == NULL)
		add_keyword(&keywords, "gssencmode", "disable");
	if (dsn_value(dsn, "fallback_application_name") == NULL)
		add_keyword(&keywords, "fallback_application_name", program_invocation_short_name);
	for (const PQconninfoOption *o = dsn->options; o->keyword != NULL; o++)
		if (o->val != NULL && o->val[0] != '\0' && !is_ours(dsn, o->keyword))
			add_keyword(&keywords, o->keyword, o->val);
	if (dsn->host_count > 0) {
		add_keyword(&keywords, "host", buf_str(&lists->host));
		add_keyword(&keywords, "hostaddr", buf_str(&lists->address));
		add_keyword(&keywords, "port", buf_str(&lists->port));
	}
	add_keyword(&keywords, "options", buf_str(&options));
	add_keyword(&keywords, "client_encoding", "UTF8");
	return PQconnectStartParams(keywords.names, keywords.values, 0);
}

static void on_resolved(const struct resolve_lists *lists, const char *error, void *arg)
{
	struct connection *c = arg;
	c->resolve = NULL;
	if (error != NULL) {
		connection_fail(c, error);
		return;
	}
	c->state = STATE_CONNECTING;
	c->conn = begin_connect(c, lists);
	if (c->conn == NULL || PQstatus(c->conn) == CONNECTION_BAD) {
		connection_fail(c, c->conn == NULL ? "out of memory" : PQerrorMessage(c->conn));
		return;
	}
	watch_socket(c, EV_WRITE);
}

static void try_connect(struct connection *c)
{
	c->state = STATE_RESOLVING;
	set_timer(c, c->pg->conf.connect_timeout_ms);
	struct resolve *resolve = resolve_start(c->pg->dns, &c->pg->dsn, on_resolved, c);
	if (resolve != NULL)
		c->resolve = resolve;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct connection *c = arg;
	if (c->broken) {
		tear_down(c);
		return;
	}
	switch (c->state) {
	case STATE_WAITING: try_connect(c); break;
	case STATE_RESOLVING: connection_fail(c, "the server's name was not resolved in time"); break;
	case STATE_CONNECTING:
	case STATE_PREPARING: connection_fail(c, "the server did not answer in time"); break;
	case STATE_READY: connection_fail(c, "an answer did not come in time"); break;
	}
}

void connection_init(struct connection *c, struct pg *pg, bool listens)
{
	*c = (struct connection){ .pg = pg, .listens = listens, .backoff_ms = BACKOFF_MIN_MS };
	c->timer = evtimer_new(pg->base, on_timer, c);
}

void connection_start(struct connection *c)
{
	set_timer(c, 0);
}

void connection_finish(struct connection *c)
{
	close_connection(c);
	fail_works(c, "shutting down");
	free_event(&c->timer);
}
