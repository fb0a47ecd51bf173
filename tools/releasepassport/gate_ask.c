#include "gate_ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "json/json.h"
#include "passport/member.h"
#include "retry.h"

#define MARGIN_MS 15000 /* that a call may take beyond what it waits */
#define POLL_DEFAULT_MS 1000

/* One question on its way. */
struct asking {
	struct api *api;
	const struct gate_options *options;
	struct json_object *question;
	const char *key;
	struct output *output;
	struct retry retry;
	int64_t begun_us;
	struct json_object *answer; /* NULL: not decided */
	char *pending_at;           /* where to ask for it then; NULL: nowhere */
};

static void show_progress(void *arg)
{
	struct asking *asking = arg;
	const int64_t seconds = (clock_mono_us() - asking->begun_us) / CLOCK_US_PER_S;
	if (seconds > 0)
		output_progress(asking->output, "waiting for the decision on %s, %s: %" PRId64 " s",
			asking->options->service, asking->options->environment, seconds);
}

/* The service must answer before our own time is over, else nothing comes of it. */
static void set_wait(struct asking *asking)
{
	int64_t wait_ms = retry_left_ms(&asking->retry) - 1000;
	char text[32];
	if (wait_ms > asking->options->wait_ms)
		wait_ms = asking->options->wait_ms;
	if (wait_ms < 0)
		wait_ms = 0;
	snprintf(text, sizeof(text), "%" PRId64 "%s", wait_ms >= 1000 ? wait_ms / 1000 : wait_ms,
		wait_ms >= 1000 ? "s" : "ms");
	json_add_string(asking->question, "wait", text);
}

static bool call(struct asking *asking, const struct api_request *request, struct api_response *response,
	struct json_object **json, struct err *err)
{
	struct api_request attempt = *request;
	const int64_t left_ms = retry_left_ms(&asking->retry), most_ms = asking->options->wait_ms + MARGIN_MS;
	attempt.timeout_ms = left_ms < most_ms ? left_ms + 1 : most_ms;
	attempt.tick = show_progress;
	attempt.arg = asking;
	if (!api_call(asking->api, &attempt, response, err))
		return false;
	if (json_parse(buf_str(&response->body), response->body.len, json, err))
		return true;
	err->kind = ERR_INTERNAL;
	return err_add(err, "the answer is no JSON");
}

static bool post(struct asking *asking, struct err *err)
{
	owned_buf struct buf body = { 0 };
	owned_api_response struct api_response response = { 0 };
	owned(json) struct json_object *json = NULL;
	set_wait(asking);
	json_text(asking->question, false, &body);
	const struct api_request request = {
		.method = "POST",
		.path = "/gate/evaluate",
		.idempotency_key = asking->key,
		.body = body.data,
		.len = body.len,
	};
	if (!call(asking, &request, &response, &json, err))
		return false;
	if (response.status != 202) {
		asking->answer = take(json);
		return true;
	}
	asking->pending_at = take(response.location);
	return err_set(err, ERR_NOT_DECIDED, "there is no decision yet");
}

static bool take_status(struct asking *asking, const struct json_object *status, struct err *err)
{
	const char *word = member_text(status, "status"), *detail = member_text(status, "detail");
	struct json_object *decision = member_object(status, "decision");
	if (word != NULL && strcmp(word, "decided") == 0 && decision != NULL) {
		asking->answer = json_object_get(decision);
		return true;
	}
	if (word != NULL && strcmp(word, "pending") == 0)
		return err_set(err, ERR_NOT_DECIDED, "there is no decision yet");
	/* Asked again under its key, it is begun again. */
	own_mem(&asking->pending_at);
	asking->pending_at = NULL;
	if (word != NULL && strcmp(word, "failed") == 0)
		return err_set(err, ERR_EVALUATION_FAILED, "%s",
			detail != NULL ? detail : "the evaluation ended without a decision");
	return err_set(err, ERR_NOT_DECIDED, "the evaluation is not known any more");
}

static bool poll(struct asking *asking, struct err *err)
{
	owned_api_response struct api_response response = { 0 };
	owned(json) struct json_object *status = NULL;
	const struct api_request request = { .method = "GET", .path = asking->pending_at };
	return call(asking, &request, &response, &status, err) && take_status(asking, status, err);
}

/* A pending evaluation is waited for quietly; a failure is told, and its pauses grow. */
static bool pause_before_next(struct asking *asking, const struct err *err)
{
	if (err->kind != ERR_NOT_DECIDED || asking->pending_at == NULL)
		return retry_wait(&asking->retry, asking->api, err, asking->output);
	int64_t delay_ms = api_retry_after_ms(asking->api);
	if (delay_ms < POLL_DEFAULT_MS)
		delay_ms = POLL_DEFAULT_MS;
	if (delay_ms >= retry_left_ms(&asking->retry))
		return false;
	show_progress(asking);
	usleep((useconds_t)(delay_ms * CLOCK_US_PER_MS));
	return true;
}

bool gate_ask(struct api *api, const struct gate_options *options, struct json_object *question, const char *key,
	struct output *output, struct json_object **answer, struct err *err)
{
	struct asking asking = {
		.api = api,
		.options = options,
		.question = question,
		.key = key,
		.output = output,
		.retry = retry_begin(options->timeout_ms),
		.begun_us = clock_mono_us(),
	};
	struct err cause = { 0 };
	bool done;
	do
		done = asking.pending_at != NULL ? poll(&asking, &cause) : post(&asking, &cause);
	while (!done && pause_before_next(&asking, &cause));
	own_mem(&asking.pending_at);
	output_progress(output, NULL);
	if (!done) {
		*err = cause;
		return false;
	}
	*answer = asking.answer;
	return true;
}
