/*
 * Facts that came before their evaluation's request did (after a rebalance, requests may be read later than facts):
 * kept for five seconds, in bounded memory.
 */
#ifndef EVALUATOR_EARLY_H
#define EVALUATOR_EARLY_H

#include <stddef.h>
#include <stdint.h>

struct early;

#define EARLY_LIFE_US (INT64_C(5) * 1000000)
#define EARLY_MAX_BYTES ((size_t)8 << 20)

struct early *early_create(void);
void early_destroy(struct early *early);

/* Keeps a copy; the oldest go if the memory is used up. */
void early_add(struct early *early, const char *evaluation_id, const void *body, size_t len, int64_t now_us);
/* Hands over each fact of the evaluation that is not too old, oldest first, and forgets it. */
typedef void early_fn(const void *body, size_t len, void *arg);
void early_take(struct early *early, const char *evaluation_id, int64_t now_us, early_fn *call, void *arg);

#endif
