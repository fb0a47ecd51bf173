/*
 * Evaluations that ended without a decision lately, as the failures topic told: for GET /evaluations/{id}. Every
 * gateway reads the whole topic, so that any of them can answer.
 */
#ifndef GATEWAY_FAILURES_H
#define GATEWAY_FAILURES_H

#include <stdint.h>

struct failures;

#define FAILURES_LIFE_US (INT64_C(15) * 60 * 1000000)
#define FAILURES_MAX 50000

struct failures *failures_create(void);
void failures_destroy(struct failures *failures);
void failures_add(struct failures *failures, const char *evaluation_id, const char *workspace, const char *detail,
	int64_t now_us);
/* It was begun again, or decided after all. */
void failures_forget(struct failures *failures, const char *evaluation_id);
/* Why it failed; NULL if it did not, in this workspace, or longer ago. Valid until the next call. */
const char *failures_detail(
	struct failures *failures, const char *evaluation_id, const char *workspace, int64_t now_us);

#endif
