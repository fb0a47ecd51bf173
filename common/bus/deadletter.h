/* The headers by which a dead letter says where it comes from and why, beside the record's own. */
#ifndef BUS_DEADLETTER_H
#define BUS_DEADLETTER_H

#define DEAD_HEADER_TOPIC "rp_dead_topic"
#define DEAD_HEADER_PARTITION "rp_dead_partition"
#define DEAD_HEADER_OFFSET "rp_dead_offset"
#define DEAD_HEADER_KIND "rp_dead_kind" /* the error kind's name */
#define DEAD_HEADER_REASON "rp_dead_reason"
#define DEAD_HEADER_SERVICE "rp_dead_service"
#define DEAD_HEADER_TIME "rp_dead_time" /* RFC 3339 */
/* The value's length, where Kafka refused the value, or all of the record, and it was left out. */
#define DEAD_HEADER_CUT "rp_dead_cut"

#endif
