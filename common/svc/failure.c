#include <stdio.h>

#include "base/clock.h"
#include "bus/record_key.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "operations.pb-c.h"
#include "svc/emit.h"

static struct metric evaluations_failed = {
	.name = "rp_evaluations_failed_total",
	.help = "Evaluations that ended without a decision, by cause.",
	.type = METRIC_COUNTER,
	.label = "cause",
};

static const char *cause_word(int cause)
{
	const ProtobufCEnumValue *value =
		protobuf_c_enum_descriptor_get_value(&rp__v1__failure_cause__descriptor, cause);
	return value != NULL ? value->name : "FAILURE_UNKNOWN";
}

void svc_fail_evaluation(struct svc *svc, const struct svc_failure *failure, svc_emit_done_fn *done, void *arg)
{
	const struct log_ctx ctx = { failure->evaluation_id, failure->traceparent };
	LOG_WARN(&ctx, "the evaluation ends without a decision", LOG_STR("cause", cause_word(failure->cause)),
		LOG_STR("detail", failure->detail));
	metric_add(&evaluations_failed, cause_word(failure->cause), 1);
	Rp__V1__EvaluationFailure record = RP__V1__EVALUATION_FAILURE__INIT;
	record.min_reader = RECORD_READER_VERSION;
	record.evaluation_id = (char *)failure->evaluation_id;
	record.request_digest = (char *)failure->request_digest;
	record.workspace = (char *)failure->workspace;
	record.service = (char *)failure->service;
	record.environment = (char *)failure->environment;
	record.cause = (Rp__V1__FailureCause)failure->cause;
	char detail[512]; /* err texts are no longer; whoever hands in more loses the rest */
	snprintf(detail, sizeof(detail), "%s", failure->detail);
	record.detail = detail;
	record.failed_at_us = clock_now_us();
	record.failed_by = (char *)service_name(svc_service(svc));
	char key[RECORD_KEY_SIZE], ce_id[512];
	record_key(failure->workspace, failure->service, failure->environment, key);
	snprintf(ce_id, sizeof(ce_id), "failure/%.256s/%s", failure->evaluation_id, cause_word(failure->cause));
	struct err err = { 0 };
	if (!svc_emit(svc,
		    &(struct bus_message){ TOPIC_EVALUATION_FAILURES, key, -1, ce_id, record.failed_at_us,
			    failure->traceparent, &record.base },
		    done, arg, &err)) {
		log_err(LOG_LEVEL_ERROR, &ctx, "the failure can't be told", &err);
		if (done != NULL)
			done(arg);
	}
}
