/*
 * Commits of the group consumer, coalesced, with the finished offsets in their metadata; and reading that metadata when
 * partitions come. Private to bus.
 */
#ifndef BUS_COMMIT_H
#define BUS_COMMIT_H

#include <event2/event.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct consumer;

struct commit {
	struct event *timer;      /* the next commit */
	struct event *read_timer; /* another try to read */
	rd_kafka_queue_t *queue;  /* answers to reading */
	int64_t last_us;          /* monotonic, of the last commit */
	int outstanding;          /* not answered */
	intptr_t assignment;      /* counts assignments: a late answer is none */
};

void commit_init(struct consumer *consumer);
void commit_finish(struct consumer *consumer);
/* A partition is dirty: commits in the next turn of the loop, at most every 50 ms. */
void consumer_commit_soon(struct consumer *consumer);
/* Commits what is dirty; asynchronous. */
void commit_now(struct consumer *consumer);
/* librdkafka's offset_commit_cb. */
void commit_on_answer(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *offsets, void *opaque);
/* New partitions have come: asks for the metadata of their last commit, until it is there. */
void commit_read(struct consumer *consumer);
/* The partitions are gone. */
void commit_forget(struct consumer *consumer);
/* Takes answers to commit_read. */
void commit_serve(struct consumer *consumer);

#endif
