/*
 * The decision event on the public topic (docs/events.md): the answer, whom and what it is about, and the envelope that
 * it was made of, so that every reader can verify it.
 */
#ifndef PASSPORT_EVENT_H
#define PASSPORT_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the event of this DSSE envelope (ours: the signature is not looked at) as canonical JSON: a function of the
 * envelope alone, hence byte for byte the same when it is announced again. ERR_INVALID.
 */
bool decision_event_build(const char *envelope, size_t len, struct buf *out, struct err *err) MUST_CHECK;

/*
 * Appends the envelope of an event, in canonical JSON. Whoever acts on an event verifies this and reads nothing else of
 * it. ERR_INVALID.
 */
bool decision_event_envelope(const char *event, size_t len, struct buf *envelope, struct err *err) MUST_CHECK;

#endif
