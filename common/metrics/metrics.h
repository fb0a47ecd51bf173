/*
 * Prometheus metrics (text exposition format 0.0.4). A metric is a static struct, registered at its first use by
 * metrics_register; values live as long as the process. At most one label, of few values.
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_series; /* one label value's numbers */

struct metric {
	const char *name; /* "rp_gate_duration_seconds" */
	const char *help;
	enum metric_type type;
	const char *label; /* the label's name, NULL for none */
	const double
		*buckets; /* METRIC_HISTOGRAM: upper bounds, ascending, 0 at the end; NULL: metrics_latency_buckets */
	struct metric_series *series;
	struct metric *next;
};

/* 0.5 ms to 30 s. */
extern const double metrics_latency_buckets[];

/* Makes the metric appear in the exposition, with value 0 if it has no label. Twice is harmless. */
void metrics_register(struct metric *metric);
/* A counter or gauge goes up by delta. label_value is copied; NULL for a metric without label. Registers if needed. */
void metric_add(struct metric *metric, const char *label_value, double delta);
/* A gauge takes value. */
void metric_set(struct metric *metric, const char *label_value, double value);
/* A histogram sees value. */
void metric_observe(struct metric *metric, const char *label_value, double value);
/* The present value of a counter or gauge, the count of a histogram; 0 if there is none. For tests and readiness. */
double metric_value(const struct metric *metric, const char *label_value);
/* Appends the exposition of all registered metrics, sorted by name. */
void metrics_expose(struct buf *out);

#endif
