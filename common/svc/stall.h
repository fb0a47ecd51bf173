/*
 * Notices when the loop did not turn: a tick that comes late was held up by a callback that took too long. Time in
 * which the thread was ready to run and had no processor is taken off.
 */
#ifndef SVC_STALL_H
#define SVC_STALL_H

#include <event2/event.h>

#include "base/own.h"

struct stall;

struct stall *stall_create(struct event_base *base);
void stall_destroy(struct stall *stall);

#endif
