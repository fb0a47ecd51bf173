/* Answers to gate calls, as tests need them. */
#ifndef TESTS_RELEASEPASSPORT_ANSWERS_H
#define TESTS_RELEASEPASSPORT_ANSWERS_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "verdict.h"

/* An answer with one unmet rule of this text and next action (NULL: none); the caller's. */
struct json_object *answer_make(const char *decision, const char *mode, const char *threshold, bool enforced,
	const char *text, const char *next_action);
/* The same as a verdict, which must be understood; *answer keeps what it borrows. */
struct verdict verdict_make(struct json_object **answer, const char *decision, const char *mode, bool enforced,
	const char *text, const char *next_action);

#endif
