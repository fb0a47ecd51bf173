/*
 * Sigstore bundles v0.3 around a DSSE envelope that was signed with a plain key: what cosign and sigstore's libraries
 * read. The hint of the key is written for them and never read.
 */
#ifndef PASSPORT_BUNDLE_H
#define PASSPORT_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/key.h"

#define BUNDLE_MEDIA_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"

/* Appends the bundle of this envelope, which was signed by key's private half, as canonical JSON. ERR_INVALID. */
bool bundle_build(
	const char *envelope, size_t len, const struct verify_key *key, struct buf *out, struct err *err) MUST_CHECK;

/*
 * Appends the envelope inside, in canonical JSON: for a bundle of ours byte for byte what it was built from. Refused:
 * other versions, members that v0.3 does not have, certificates as the material, a signed message as the content.
 * ERR_INVALID.
 */
bool bundle_parse(const char *text, size_t len, struct buf *envelope, struct err *err) MUST_CHECK;

#endif
