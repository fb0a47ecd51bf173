/*
 * Calls that wait for a decision: answered by the decisions topic, by the failures topic, by the database if the
 * announcement was missed, or with 202 when their time is over. Every call ends by exactly one answer.
 */
#ifndef GATEWAY_WAITERS_H
#define GATEWAY_WAITERS_H

#include "call.h"

struct waiters;

struct waiters *waiters_create(struct gateway *gateway);
void waiters_destroy(struct waiters *waiters);

/* The call waits from now on, at most wait_ms; then 202. Texts are copied. deadline_us: when the evaluation ends at
 * last. */
void waiters_add(struct waiters *waiters, struct call *call, const char *evaluation_id, const char *request_digest,
	int64_t wait_ms, int64_t deadline_us);
/*
 * A decision event came in; evaluation_id is what its ce_id names. One that does not verify answers nobody: the true
 * one may still come.
 */
void waiters_decided(struct waiters *waiters, const char *evaluation_id, const char *event, size_t len);
/* No decision will come of it: all that wait for it get the error. */
void waiters_failed(struct waiters *waiters, const char *evaluation_id, const struct err *err);

size_t waiters_count(const struct waiters *waiters);

/* 202: where to ask again. For whoever does not want to wait. */
void waiters_answer_pending(struct call *call, const char *evaluation_id, int64_t deadline_us);

#endif
