/*
 * Evaluations whose verdict is on its way: a request for one of them that comes again (a caller's retry through another
 * gateway) gets that verdict and must not lead to a second one.
 */
#ifndef EVALUATOR_RECENT_H
#define EVALUATOR_RECENT_H

#include <stdbool.h>
#include <stdint.h>

struct recent;

/* Then the verdict is recorded, and gateways find it there; or it was refused, and may be asked for again. */
#define RECENT_LIFE_US (INT64_C(10) * 1000000)

struct recent *recent_create(void);
void recent_destroy(struct recent *recent);
void recent_add(struct recent *recent, const char *evaluation_id, int64_t now_us);
bool recent_has(struct recent *recent, const char *evaluation_id, int64_t now_us);

#endif
