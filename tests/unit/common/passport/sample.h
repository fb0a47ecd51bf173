/* A verdict with everything in it, and its passport, for the tests of this folder. */
#ifndef TESTS_PASSPORT_SAMPLE_H
#define TESTS_PASSPORT_SAMPLE_H

#include <json-c/json_object.h>

#include "base/buf.h"
#include "crypto/key.h"
#include "passport/statement.h"
#include "verdict.pb-c.h"

#define SAMPLE_DECIDED_US INT64_C(1779012610123456) /* 2026-05-17T10:10:10.123456Z */
#define SAMPLE_SIGNED_US (SAMPLE_DECIDED_US + 5000)
#define SAMPLE_VALID_UNTIL_US (SAMPLE_DECIDED_US + INT64_C(86400000000))
#define SAMPLE_ARTIFACT "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SAMPLE_SHA "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SAMPLE_EVALUATION "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

/* HOLD in enforce mode; the messages are static and made anew by each call, so that a test may change them. */
Rp__V1__Verdict *sample_verdict(void);
/* Appends the statement that key_id signs. */
void sample_statement(const Rp__V1__Verdict *verdict, const char *key_id, struct buf *out);
/* The same as a tree, the caller's. */
struct json_object *sample_tree(const Rp__V1__Verdict *verdict);
/* Appends the DSSE envelope of the verdict's statement, signed by key. */
void sample_envelope(const Rp__V1__Verdict *verdict, const struct signing_key *key, struct buf *out);

#endif
