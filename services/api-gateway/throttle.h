/* How often an address may fail: a bucket of 20 that refills with 5 a second. Pure but for its memory. */
#ifndef GATEWAY_THROTTLE_H
#define GATEWAY_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

struct throttle;

#define THROTTLE_BURST 20
#define THROTTLE_PER_SECOND 5
#define THROTTLE_ADDRESSES_MAX 10000

struct throttle *throttle_create(void);
void throttle_destroy(struct throttle *throttle);
/* May this address try again? Counts nothing. */
bool throttle_allows(struct throttle *throttle, const char *address, int64_t now_us);
/* It failed once more. */
void throttle_failed(struct throttle *throttle, const char *address, int64_t now_us);

#endif
