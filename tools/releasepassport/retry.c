#include "retry.h"

#include <unistd.h>

#include "base/clock.h"
#include "crypto/hash.h"

#define FIRST_DELAY_MS 250
#define LONGEST_DELAY_MS 5000
#define CALL_MAX_MS 60000

struct retry retry_begin(int64_t timeout_ms)
{
	return (struct retry){ .until_us = clock_mono_us() + timeout_ms * CLOCK_US_PER_MS };
}

int64_t retry_left_ms(const struct retry *retry)
{
	const int64_t left_ms = (retry->until_us - clock_mono_us()) / CLOCK_US_PER_MS;
	return left_ms > 0 ? left_ms : 0;
}

int64_t retry_delay_ms(unsigned attempts, int64_t retry_after_ms, uint32_t random)
{
	int64_t delay_ms = FIRST_DELAY_MS;
	for (unsigned i = 1; i < attempts && delay_ms < LONGEST_DELAY_MS; i++)
		delay_ms *= 2;
	if (delay_ms > LONGEST_DELAY_MS)
		delay_ms = LONGEST_DELAY_MS;
	/* Pipelines that lost the service together must not come back together. */
	delay_ms = delay_ms / 2 + (int64_t)(random % (uint32_t)(delay_ms / 2 + 1));
	return delay_ms > retry_after_ms ? delay_ms : retry_after_ms;
}

bool retry_wait(struct retry *retry, const struct api *api, const struct err *err, struct output *output)
{
	if (!err_info(err->kind)->retriable || api_is_hopeless(api))
		return false;
	uint32_t random;
	crypto_random(&random, sizeof(random));
	const int64_t delay_ms = retry_delay_ms(++retry->attempts, api_retry_after_ms(api), random);
	if (delay_ms >= retry_left_ms(retry))
		return false;
	if (retry->attempts == 1)
		output_note(output, "%s; trying again for %lld s", err->text, (long long)(retry_left_ms(retry) / 1000));
	usleep((useconds_t)(delay_ms * CLOCK_US_PER_MS));
	return true;
}

bool retry_call(struct retry *retry, struct api *api, const struct api_request *request, struct output *output,
	struct api_response *response, struct err *err)
{
	struct err cause = { 0 };
	do {
		struct api_request attempt = *request;
		const int64_t left_ms = retry_left_ms(retry);
		attempt.timeout_ms = left_ms < CALL_MAX_MS ? left_ms + 1 : CALL_MAX_MS;
		if (api_call(api, &attempt, response, &cause))
			return true;
	} while (retry_wait(retry, api, &cause, output));
	*err = cause;
	return false;
}
