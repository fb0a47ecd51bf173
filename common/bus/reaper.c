#include "bus/reaper.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/own.h"

struct reaper {
	pthread_t thread;
	rd_kafka_t *rk;
	int fd;
	atomic_bool done;
};

static void *reap(void *arg)
{
	struct reaper *reaper = arg;
	rd_kafka_destroy_flags(reaper->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	close(reaper->fd);
	atomic_store(&reaper->done, true);
	return NULL;
}

struct reaper *reaper_start(rd_kafka_t *rk, int fd)
{
	struct reaper *reaper = mem_zalloc(1, sizeof(*reaper));
	reaper->rk = rk;
	reaper->fd = fd;
	if (pthread_create(&reaper->thread, NULL, reap, reaper) != 0)
		abort(); /* no memory for a stack: as mem_alloc */
	return reaper;
}

bool reaper_is_done(const struct reaper *reaper)
{
	return atomic_load(&reaper->done);
}

void reaper_join(struct reaper *reaper)
{
	if (reaper == NULL)
		return;
	pthread_join(reaper->thread, NULL);
	free(reaper);
}
