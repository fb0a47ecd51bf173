#include "svc/stall.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "log/log.h"
#include "metrics/metrics.h"

#define TICK_MS 20
#define WARN_MS 50

struct stall {
	struct event *tick;
	int64_t due_us;
	int schedstat; /* /proc/thread-self/schedstat; -1: there is none */
	int64_t waited_us;
};

static const double buckets[] = { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 0 };
static struct metric stall_seconds = {
	.name = "rp_loop_stall_seconds",
	.help = "How late the loop's tick came, less the time without a processor: nothing else could run meanwhile.",
	.type = METRIC_HISTOGRAM,
	.buckets = buckets,
};
static struct metric stall_max_seconds = {
	.name = "rp_loop_stall_max_seconds",
	.help = "The longest stall of the loop since the process started.",
	.type = METRIC_GAUGE,
};

/* How long this thread has waited for a processor so far: what other processes took is no stall of ours. */
static int64_t waited_us(const struct stall *stall)
{
	char text[96];
	long long waited_ns;
	const ssize_t n = stall->schedstat >= 0 ? pread(stall->schedstat, text, sizeof(text) - 1, 0) : -1;
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return sscanf(text, "%*d %lld", &waited_ns) == 1 ? waited_ns / 1000 : 0;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct stall *stall = arg;
	int64_t now = clock_mono_us();
	const int64_t waited = waited_us(stall);
	int64_t late_us = now - stall->due_us - (waited - stall->waited_us);
	late_us = late_us > 0 ? late_us : 0;
	stall->waited_us = waited;
	double late_s = (double)late_us / 1e6;
	metric_observe(&stall_seconds, NULL, late_s);
	if (late_s > metric_value(&stall_max_seconds, NULL))
		metric_set(&stall_max_seconds, NULL, late_s);
	if (late_us > WARN_MS * CLOCK_US_PER_MS)
		LOG_WARN(NULL, "the loop stalled", LOG_INT("stall_ms", late_us / CLOCK_US_PER_MS));
	stall->due_us = now + TICK_MS * CLOCK_US_PER_MS;
	event_add(stall->tick, &(struct timeval){ .tv_usec = TICK_MS * 1000 });
}

struct stall *stall_create(struct event_base *base)
{
	struct stall *stall = mem_zalloc(1, sizeof(*stall));
	stall->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	stall->waited_us = waited_us(stall);
	stall->tick = evtimer_new(base, on_tick, stall);
	stall->due_us = clock_mono_us() + TICK_MS * CLOCK_US_PER_MS;
	event_add(stall->tick, &(struct timeval){ .tv_usec = TICK_MS * 1000 });
	metrics_register(&stall_seconds);
	metrics_register(&stall_max_seconds);
	return stall;
}

void stall_destroy(struct stall *stall)
{
	if (stall == NULL)
		return;
	event_free(stall->tick);
	if (stall->schedstat >= 0)
		close(stall->schedstat);
	free(stall);
}
