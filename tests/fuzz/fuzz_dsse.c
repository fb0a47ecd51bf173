/* DSSE envelopes, Sigstore bundles and decision events as they come from outside, up to the whole verification. */
#include <string.h>

#include "crypto/key.h"
#include "fuzz.h"
#include "passport/bundle.h"
#include "passport/dsse.h"
#include "passport/event.h"
#include "passport/keyset.h"
#include "passport/verify.h"

/* The public key of RFC 8410, section 10.1: nobody here can sign for it. */
static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
			  "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
			  "-----END PUBLIC KEY-----\n";

static void try_envelope(const char *text, size_t len)
{
	struct dsse_envelope envelope;
	if (!dsse_parse(text, len, &envelope, NULL))
		return;
	owned_buf struct buf pae = { 0 };
	dsse_pae(envelope.payload_type, envelope.payload.data, envelope.payload.len, &pae);
	FUZZ_REQUIRE(pae.len > envelope.payload.len);
	FUZZ_REQUIRE(envelope.nsignatures >= 1 && envelope.nsignatures <= DSSE_SIGNATURES_MAX);
	dsse_envelope_finish(&envelope);
}

/* Where there is an envelope inside, it may be a wrong one; where there is none, nothing is written. */
static void try_wrapped(const char *text, size_t len, bool (*unwrap)(const char *, size_t, struct buf *, struct err *))
{
	owned_buf struct buf envelope = { 0 };
	if (!unwrap(text, len, &envelope, NULL)) {
		FUZZ_REQUIRE(envelope.len == 0);
		return;
	}
	try_envelope(buf_str(&envelope), envelope.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyset *keys;
	struct verify_result result;
	const struct verify_demands demands = { .now_us = INT64_C(1779012610000000), .max_age_ms = 1000 };
	struct err err;
	const char *text = (const char *)data;
	if (keys == NULL)
		FUZZ_REQUIRE(keyset_parse(pem, strlen(pem), &keys, &err));
	try_envelope(text, size);
	try_wrapped(text, size, bundle_parse);
	try_wrapped(text, size, decision_event_envelope);
	owned_buf struct buf event = { 0 };
	if (decision_event_build(text, size, &event, NULL))
		try_wrapped(event.data, event.len, decision_event_envelope);
	FUZZ_REQUIRE(!passport_verify(text, size, keys, &demands, &result, &err));
	verify_result_finish(&result);
	return 0;
}
