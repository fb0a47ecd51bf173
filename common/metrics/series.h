/* The numbers of a metric and the list of all metrics: private to metrics. */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include "metrics/metrics.h"

struct metric_series {
	struct metric_series *next;
	char *label_value; /* NULL for a metric without label */
	double value;      /* a histogram's sum */
	uint64_t count;    /* a histogram's observations */
	uint64_t *buckets; /* a histogram's observations below each bound, each counted in one bucket only */
};

/* The first registered metric. */
struct metric *metrics_first(void);
const double *metric_bounds(const struct metric *metric);

#endif
