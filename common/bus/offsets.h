/*
 * The offsets of one partition: which records are being worked on, hence up to where everything is finished (the offset
 * to commit) and which finished ones lie above it (the commit's metadata, so that a new owner skips those). Pure.
 *
 * Records are seen in ascending order; an offset that never appears (compaction, markers) counts as finished.
 */
#ifndef BUS_OFFSETS_H
#define BUS_OFFSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Kafka's default offset.metadata.max.bytes. */
#define OFFSETS_METADATA_MAX 4096

struct offsets_run {
	int64_t first;
	int64_t count;
};

struct offsets {
	int64_t next;  /* all below were seen; -1: none was, and nothing is committed */
	int64_t *open; /* seen and not finished, ascending */
	size_t open_count, open_capacity;
	struct offsets_run *runs; /* at or above next, finished by a former owner, ascending */
	size_t run_count;
};

enum offsets_seen {
	OFFSETS_OPENED,   /* to be worked on */
	OFFSETS_FINISHED, /* finished by a former owner, or being worked on already: skip it */
	OFFSETS_REWOUND, /* below what was seen: the log was reset. Everything known is forgotten; the record is open */
};

void offsets_init(struct offsets *offsets);
void offsets_finish(struct offsets *offsets);
/*
 * Starts from a commit: committed is the next offset to work on (negative: there is no commit), metadata as
 * offsets_encode wrote it (NULL: none). False if the metadata can't be read: then nothing above is taken as finished.
 */
bool offsets_restore(struct offsets *offsets, int64_t committed, const char *metadata);
/* A record with this offset has come. */
enum offsets_seen offsets_open(struct offsets *offsets, int64_t offset);
/* Its work has ended; an offset that is not open is ignored. */
void offsets_close(struct offsets *offsets, int64_t offset);
/* The offset to commit: everything below it is finished. Negative: nothing to commit. */
int64_t offsets_committable(const struct offsets *offsets);
/*
 * Appends the metadata of a commit at offsets_committable: "1" and base64url of varints, a gap and a run's length in
 * turn. At most max_bytes are appended; runs that do not fit are left out (their records would be handed again).
 */
void offsets_encode(const struct offsets *offsets, size_t max_bytes, struct buf *out);

#endif
