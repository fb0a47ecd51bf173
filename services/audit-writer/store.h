/* All statements of the audit-writer. */
#ifndef AUDIT_WRITER_STORE_H
#define AUDIT_WRITER_STORE_H

#include <json-c/json_object.h>

#include "evidence.pb-c.h"
#include "pg/pg.h"

#define STORE_STATEMENTS 8
extern const struct pg_statement *const store_statements[STORE_STATEMENTS];

/* A passport as its row. Texts and bytes are borrowed for the call; NULL texts are SQL NULL. */
struct store_passport {
	const char *evaluation_id, *workspace, *request_digest, *verdict_digest, *passport_id;
	const char *service, *environment, *namespace, *release_id, *version, *source_sha, *artifact_digest;
	const char *decision, *mode, *policy_digest, *actor, *key_id;
	bool enforced;
	int64_t confidence;
	int64_t requested_at_us, decided_at_us, signed_at_us, valid_until_us;
	const char *envelope, *event, *leaf;
	size_t envelope_len, event_len, leaf_len;
	const void *leaf_hash;  /* 32 bytes */
	const char *facts_json; /* array of objects with fact's columns, value in base64 */
};

/*
 * Records the passport unless its evaluation is recorded already: one row with is_first and, if not, the verdict digest
 * that stands (NULL if another transaction is writing it at this moment).
 */
void store_add_passport(struct pg_work *work, const struct store_passport *passport, pg_result_fn *on_row, void *arg);

/* Marks decisions as announced. */
void store_add_announced(struct pg_work *work, const char *evaluation_id);

/* Keeps the fact unless what is kept is newer; the same one again mends what was changed behind our back. */
struct bus_record;
void store_add_latest_fact(struct pg_work *work, const Rp__V1__EvidenceFact *fact, const struct bus_record *record);

/* An audit event and its leaf, once for each event_id. Times in microseconds. */
struct store_event {
	const char *event_id, *workspace, *kind, *actor, *object_type, *object_id;
	const char *body, *leaf;
	size_t body_len, leaf_len;
	const void *leaf_hash;
	int64_t happened_at_us;
	int64_t outbox_id; /* where it comes from; 0: not from the outbox */
};
void store_add_event(struct pg_work *work, const struct store_event *event);

/* The oldest rows of the outbox: id, workspace, kind, actor, object_type, object_id, body, created_at. */
void store_outbox(struct pg *pg, int limit, pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* Decisions recorded at least two seconds ago and not announced: evaluation_id, workspace, service, environment, event.
 */
void store_unannounced(struct pg *pg, int limit, pg_result_fn *on_rows, pg_done_fn *done, void *arg);

/* One row: age in seconds of the oldest outbox row and of the oldest unannounced decision (0 if none), partitions
 * ahead. */
void store_gauges(struct pg *pg, pg_result_fn *on_row, pg_done_fn *done, void *arg);

#endif
