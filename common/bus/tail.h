/* Tails and read-backs as the bus sees them. Private to bus; what a service calls is in bus.h. */
#ifndef BUS_TAIL_H
#define BUS_TAIL_H

#include <stdbool.h>

struct bus;

bool tails_are_connected(const struct bus *bus);
/* Has every tail reached the end of every partition once? reason as in bus_is_ready. */
bool tails_are_ready(const struct bus *bus, const char **reason);
/* Frees tails and read-backs; the latter's done is not called. */
void tails_destroy(struct bus *bus);

#endif
