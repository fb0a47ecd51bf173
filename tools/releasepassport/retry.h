/* How long a call is tried again. */
#ifndef RELEASEPASSPORT_RETRY_H
#define RELEASEPASSPORT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "api.h"
#include "base/err.h"
#include "output.h"

/* Attempts within a total time. */
struct retry {
	int64_t until_us; /* clock_mono_us */
	unsigned attempts;
};

struct retry retry_begin(int64_t timeout_ms);
int64_t retry_left_ms(const struct retry *retry);
/*
 * The pause before the next attempt, after so many that failed: doubling from a quarter of a second to five seconds, of
 * which random spreads a half, and never before retry_after_ms (-1: nothing was asked for). Pure.
 */
int64_t retry_delay_ms(unsigned attempts, int64_t retry_after_ms, uint32_t random);
/* Sleeps until the next attempt; false, at once, if that would be too late, or the failure is one that stays. */
bool retry_wait(struct retry *retry, const struct api *api, const struct err *err, struct output *output) MUST_CHECK;

/* Makes the call until it is answered, within the time; a repetition must be harmless. Kinds of api_call. */
bool retry_call(struct retry *retry, struct api *api, const struct api_request *request, struct output *output,
	struct api_response *response, struct err *err) MUST_CHECK;

#endif
