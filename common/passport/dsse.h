/*
 * DSSE envelopes (secure-systems-lab/dsse, protocol 1.0.2, envelope 1.0.2): exactly one signature, base64 of the
 * standard alphabet with padding. keyid is written empty and never read: which key signed is found out by trying those
 * that the caller trusts.
 */
#ifndef PASSPORT_DSSE_H
#define PASSPORT_DSSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/key.h"

#define DSSE_MEDIA_TYPE "application/vnd.dsse.envelope.v1+json"
#define DSSE_SIGNATURES_MAX 16

struct dsse_envelope {
	char *payload_type;
	struct buf payload;
	struct buf signatures[DSSE_SIGNATURES_MAX];
	size_t nsignatures;
};

/* Appends the pre-authentication encoding: what the signature is over. */
void dsse_pae(const char *payload_type, const void *payload, size_t len, struct buf *out);

/* Appends the envelope of this payload as canonical JSON. */
bool dsse_sign(const struct signing_key *key, const char *payload_type, const void *payload, size_t len,
	struct buf *out, struct err *err) MUST_CHECK;

/*
 * Reads an envelope into a struct that dsse_envelope_finish releases (only after true). Members that DSSE does not name
 * are ignored, as it demands; no signature is looked at. ERR_INVALID with the JSON pointer of the fault.
 */
bool dsse_parse(const char *text, size_t len, struct dsse_envelope *envelope, struct err *err) MUST_CHECK;
void dsse_envelope_finish(struct dsse_envelope *envelope);

/* owned_dsse struct dsse_envelope e = { 0 };   finished at the end of the block */
#define owned_dsse __attribute__((cleanup(dsse_envelope_finish)))

/*
 * Does one of the keys hold the envelope's only signature, and is the payload of this type? *index, where not NULL, is
 * the place of that key among keys. ERR_UNVERIFIED.
 */
bool dsse_verify(const struct dsse_envelope *envelope, const char *payload_type, const struct verify_key *const *keys,
	size_t nkeys, size_t *index, struct err *err) MUST_CHECK;

#endif
