#include "asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "svc/emit.h"

#define SOURCES_MAX 10000
/* Answers that nobody asked for again this long are dropped; no policy's maximum age matters beyond it. */
#define KEPT_US (INT64_C(3600) * 1000000)

struct question {
	struct question *next, **link;
	struct source *source;
	struct bus_delivery *delivery;
	const struct bus_record *record; /* lives as long as the delivery, as does the query */
	const Rp__V1__EvidenceQuery *query;
	struct event *timer;
};

/* One query of one connector. */
struct source {
	struct asking *owner;
	const struct connector *connector;
	struct question *questions;
	struct http_transfer *transfer; /* NULL: no call under way */
	int64_t called_us;
	struct arena *arena; /* the last answer's; NULL: none yet */
	struct observation last;
	int64_t used_us;
	UT_hash_handle hh;
	char digest[];
};

struct asking {
	struct svc *svc;
	struct http_client *client;
	struct status *status;
	struct source *table; /* the longest unused first */
	size_t questions;
};

static struct metric query_seconds = {
	.name = "rp_connector_query_seconds",
	.help = "Calls to sources, by connector.",
	.type = METRIC_HISTOGRAM,
	.label = "connector",
};

/* --- the answer --- */

void asking_answer(struct svc *svc, struct bus_delivery *delivery, const struct bus_record *record,
	const Rp__V1__EvidenceQuery *query, const struct observation *observation)
{
	Rp__V1__Fact fact = RP__V1__FACT__INIT;
	char fact_id[256];
	snprintf(fact_id, sizeof(fact_id), "fact/%.100s/%.80s/%lld", query->evaluation_id, query->query_digest,
		(long long)observation->observed_at_us);
	fact.fact_id = fact_id;
	fact.evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED;
	fact.query_digest = query->query_digest;
	fact.connector = query->connector;
	fact.status = observation->status;
	fact.detail = (char *)observation->detail;
	fact.observed_at_us = observation->observed_at_us;
	fact.value = (ProtobufCBinaryData){ observation->value_len, (uint8_t *)observation->value };
	Rp__V1__EvidenceFact message = RP__V1__EVIDENCE_FACT__INIT;
	message.min_reader = RECORD_READER_VERSION;
	message.evaluation_id = query->evaluation_id;
	message.workspace = query->workspace;
	message.service = query->service;
	message.environment = query->environment;
	message.fact = &fact;
	struct err err;
	if (svc_emit(svc,
		    &(struct bus_message){ TOPIC_EVIDENCE_FACTS, record->key, -1, fact_id, observation->observed_at_us,
			    record->traceparent, &message.base },
		    svc_emit_ends_delivery, delivery, &err))
		return;
	if (observation->value_len == 0) {
		bus_dead_letter(delivery, &err);
		return;
	}
	/* A value that no record holds is the source's failure: without this answer it would look like ours. */
	owned(arena) struct arena *arena = arena_create();
	struct observation failed;
	observation_failed(&failed, RP__V1__FACT_STATUS__FACT_ERROR, err.text, observation->observed_at_us, arena);
	asking_answer(svc, delivery, record, query, &failed);
}

static struct bus_delivery *question_end(struct question *question)
{
	struct bus_delivery *delivery = question->delivery;
	*question->link = question->next;
	if (question->next != NULL)
		question->next->link = question->link;
	event_free(question->timer);
	question->source->owner->questions--;
	free(question);
	return delivery;
}

static void answer(struct question *question, const struct observation *observation)
{
	struct svc *svc = question->source->owner->svc;
	const struct bus_record *record = question->record;
	const Rp__V1__EvidenceQuery *query = question->query;
	asking_answer(svc, question_end(question), record, query, observation);
}

/* This question's own time is over; the call goes on for the others and for the next one who asks. */
static void on_question_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct question *question = arg;
	owned(arena) struct arena *arena = arena_create();
	struct observation late;
	char detail[96];
	snprintf(detail, sizeof(detail), "no answer within %lld ms", (long long)question->query->timeout_ms);
	observation_failed(&late, RP__V1__FACT_STATUS__FACT_TIMEOUT, detail, clock_now_us(), arena);
	answer(question, &late);
}

/* --- the call --- */

/* What came of a call: kept, noted, told to all who ask. Takes arena. */
static void conclude(struct source *source, const struct observation *observation, struct arena *arena)
{
	arena_destroy(source->arena);
	source->arena = arena;
	source->last = *observation;
	status_note(source->owner->status, source->connector, observation);
	while (source->questions != NULL)
		answer(source->questions, observation);
}

static void on_answer(const struct http_answer *http, const struct err *err, void *arg)
{
	struct source *source = arg;
	struct arena *arena = arena_create();
	struct observation observation;
	source->transfer = NULL;
	metric_observe(&query_seconds, source->connector->name, (double)(clock_mono_us() - source->called_us) / 1e6);
	if (http != NULL) {
		source->connector->type->read(http, clock_now_us(), arena, &observation);
	} else {
		const bool late = err->kind == ERR_TIMEOUT || err->kind == ERR_NOT_DECIDED;
		observation_failed(&observation,
			late ? RP__V1__FACT_STATUS__FACT_TIMEOUT : RP__V1__FACT_STATUS__FACT_ERROR, err->text,
			clock_now_us(), arena);
	}
	conclude(source, &observation, arena);
}

static void call(struct source *source, const char *query)
{
	owned(arena) struct arena *scratch = arena_create();
	struct http_call http = {
		.timeout_ms = source->connector->timeout_ms,
		.ca_file = source->connector->ca_file,
	};
	struct err err;
	if (source->connector->type->prepare(source->connector, query, scratch, &http, &err)) {
		source->called_us = clock_mono_us();
		source->transfer = http_client_send(source->owner->client, &http, on_answer, source);
		return;
	}
	struct arena *arena = arena_create();
	struct observation observation;
	observation_failed(&observation, RP__V1__FACT_STATUS__FACT_ERROR, err.text, clock_now_us(), arena);
	conclude(source, &observation, arena);
}

/* --- sources --- */

static void source_free(struct source *source)
{
	HASH_DEL(source->owner->table, source);
	while (source->questions != NULL)
		(void)question_end(source->questions);
	if (source->transfer != NULL)
		http_transfer_cancel(source->transfer);
	arena_destroy(source->arena);
	free(source);
}

/* Drops what is idle and old, or too much, from the longest unused on. */
static void tidy(struct asking *asking, int64_t now_us)
{
	struct source *source, *next;
	HASH_ITER (hh, asking->table, source, next) {
		const bool surplus = HASH_COUNT(asking->table) > SOURCES_MAX;
		if (!surplus && source->used_us + KEPT_US > now_us)
			break;
		if (source->transfer == NULL && source->questions == NULL)
			source_free(source);
	}
}

static struct source *source_get(struct asking *asking, const struct connector *connector, const char *digest)
{
	const int64_t now = clock_mono_us();
	struct source *source;
	tidy(asking, now);
	HASH_FIND_STR(asking->table, digest, source);
	const size_t len = strlen(digest);
	if (source != NULL) {
		HASH_DEL(asking->table, source); /* to the end of the order */
	} else {
		source = mem_zalloc(1, sizeof(*source) + len + 1);
		source->owner = asking;
		source->connector = connector;
		memcpy(source->digest, digest, len + 1);
	}
	source->used_us = now;
	HASH_ADD(hh, asking->table, digest[0], (unsigned)len, source);
	return source;
}

static bool is_fresh(const struct source *source, int64_t max_age_ms)
{
	return source->arena != NULL && source->last.status == RP__V1__FACT_STATUS__FACT_OK &&
	       clock_now_us() - source->last.observed_at_us < max_age_ms * CLOCK_US_PER_MS;
}

void asking_add(struct asking *asking, const struct connector *connector, struct bus_delivery *delivery,
	const struct bus_record *record, const Rp__V1__EvidenceQuery *query)
{
	struct source *source = source_get(asking, connector, query->query_digest);
	if (is_fresh(source, query->max_age_ms)) {
		asking_answer(asking->svc, delivery, record, query, &source->last);
		return;
	}
	struct question *question = mem_zalloc(1, sizeof(*question));
	*question = (struct question){ source->questions, &source->questions, source, delivery, record, query };
	if (question->next != NULL)
		question->next->link = &question->next;
	source->questions = question;
	asking->questions++;
	question->timer = evtimer_new(svc_base(asking->svc), on_question_late, question);
	event_add(question->timer,
		&(struct timeval){ .tv_sec = query->timeout_ms / 1000, .tv_usec = query->timeout_ms % 1000 * 1000 });
	if (source->transfer == NULL)
		call(source, query->query);
}

struct asking *asking_create(struct svc *svc, struct http_client *client, struct status *status)
{
	struct asking *asking = mem_zalloc(1, sizeof(*asking));
	asking->svc = svc;
	asking->client = client;
	asking->status = status;
	metrics_register(&query_seconds);
	return asking;
}

void asking_destroy(struct asking *asking)
{
	if (asking == NULL)
		return;
	while (asking->table != NULL)
		source_free(asking->table);
	free(asking);
}

bool asking_idle(const struct asking *asking)
{
	return asking->questions == 0;
}
