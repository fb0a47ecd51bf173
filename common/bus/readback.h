/* Read-backs as the bus sees them. Private to bus; bus_read_back is in bus.h. */
#ifndef BUS_READBACK_H
#define BUS_READBACK_H

struct bus;

/* Frees them; their done is not called. */
void read_backs_destroy(struct bus *bus);

#endif
