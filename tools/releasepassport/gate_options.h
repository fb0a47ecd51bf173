/* The options of `releasepassport gate` and the question that they make. */
#ifndef RELEASEPASSPORT_GATE_OPTIONS_H
#define RELEASEPASSPORT_GATE_OPTIONS_H

#include <json-c/json_object.h>

#include "args.h"

struct gate_options {
	const char *service, *environment, *namespace;
	const char *artifact, *repository;
	const char *source_sha, *release_id, *version;
	int mode; /* index in mode_words; -1: as it is bound */
	struct arg_list evidence, approvals;
	const char *rollback;
	int64_t wait_ms, timeout_ms;
	int fail_on; /* index in exit_code_decisions; -1: not asked for */
	const char *key;
	const char *passport_out, *bundle_out, *dotenv;
	const char *idempotency_key;
};

extern const struct arg_option gate_options[];

/*
 * The body of POST /gate/evaluate without `wait`; the caller's. ERR_USAGE where neither artifact nor commit is given,
 * or a notation is wrong.
 */
bool gate_question(const struct gate_options *options, struct json_object **question, struct err *err) MUST_CHECK;

#endif
