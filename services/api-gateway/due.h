/*
 * Background refresh: rows of due_work whose time has come are claimed by a lease and become refresh requests, so that
 * the facts of bound policies are fresh when a gate call comes. A timer is just another caller.
 */
#ifndef GATEWAY_DUE_H
#define GATEWAY_DUE_H

#include "gateway.h"

struct due;

struct due *due_create(struct gateway *gateway);
void due_destroy(struct due *due);

#endif
