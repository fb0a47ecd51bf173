/*
 * Leaves of the audit log, an RFC 6962 Merkle tree. A leaf holds ids, hashes and a time, no body: retention may drop
 * bodies, and who can read the log learns nothing of what it is about.
 */
#ifndef TLOG_LEAF_H
#define TLOG_LEAF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"

enum tlog_leaf_kind { TLOG_PASSPORT, TLOG_AUDIT_EVENT };

struct tlog_leaf {
	enum tlog_leaf_kind kind;
	const char *id;              /* of the passport or the audit event */
	const char *evaluation_id;   /* passports: two leaves of one evaluation show a contradiction; else NULL */
	uint8_t digest[SHA256_SIZE]; /* of the passport's envelope or the event's canonical JSON, byte for byte */
	int64_t time_us;             /* of the decision or the event */
};

/*
 * Appends the record of the leaf: canonical JSON, what the log stores, serves and hashes. The same leaf, the same
 * bytes. ERR_INVALID if id is no short printable ASCII text or evaluation_id no hex digest.
 */
bool tlog_leaf_record(const struct tlog_leaf *leaf, struct buf *out, struct err *err) MUST_CHECK;

/* The Merkle leaf hash of a record: SHA-256 of 0x00 and the bytes (RFC 6962, section 2.1). */
void tlog_leaf_hash(const void *record, size_t len, uint8_t hash[SHA256_SIZE]);

#endif
