#include "metrics/metrics.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "metrics/series.h"

const double metrics_latency_buckets[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
	10, 30, 0 };

/* The one list of the process: metrics are static structs in many files and have no common owner. */
static struct metric *registered;

struct metric *metrics_first(void)
{
	return registered;
}

const double *metric_bounds(const struct metric *metric)
{
	return metric->buckets != NULL ? metric->buckets : metrics_latency_buckets;
}

static struct metric_series *series_add(struct metric *metric, const char *label_value)
{
	struct metric_series *series = mem_zalloc(1, sizeof(*series));
	if (label_value != NULL)
		series->label_value = mem_strdup(label_value);
	if (metric->type == METRIC_HISTOGRAM) {
		size_t n = 0;
		while (metric_bounds(metric)[n] != 0)
			n++;
		series->buckets = mem_zalloc(n + 1, sizeof(*series->buckets));
	}
	struct metric_series **at = &metric->series;
	while (*at != NULL && strcmp((*at)->label_value, label_value) < 0)
		at = &(*at)->next;
	series->next = *at;
	*at = series;
	return series;
}

static bool is_registered(const struct metric *metric)
{
	for (const struct metric *m = registered; m != NULL; m = m->next) {
		if (m == metric)
			return true;
	}
	return false;
}

void metrics_register(struct metric *metric)
{
	if (metric->series != NULL || is_registered(metric))
		return;
	struct metric **at = &registered;
	while (*at != NULL && strcmp((*at)->name, metric->name) < 0)
		at = &(*at)->next;
	assert(*at == NULL || strcmp((*at)->name, metric->name) != 0);
	metric->next = *at;
	*at = metric;
	if (metric->label == NULL)
		series_add(metric, NULL);
}

static struct metric_series *series_find(const struct metric *metric, const char *label_value)
{
	assert((metric->label == NULL) == (label_value == NULL));
	struct metric_series *series = metric->series;
	while (series != NULL && label_value != NULL && strcmp(series->label_value, label_value) != 0)
		series = series->next;
	return series;
}

static struct metric_series *series_get(struct metric *metric, const char *label_value)
{
	metrics_register(metric);
	struct metric_series *series = series_find(metric, label_value);
	return series != NULL ? series : series_add(metric, label_value);
}

void metric_add(struct metric *metric, const char *label_value, double delta)
{
	assert(metric->type == METRIC_GAUGE || (metric->type == METRIC_COUNTER && delta >= 0));
	series_get(metric, label_value)->value += delta;
}

void metric_set(struct metric *metric, const char *label_value, double value)
{
	assert(metric->type == METRIC_GAUGE);
	series_get(metric, label_value)->value = value;
}

void metric_observe(struct metric *metric, const char *label_value, double value)
{
	assert(metric->type == METRIC_HISTOGRAM);
	struct metric_series *series = series_get(metric, label_value);
	const double *bounds = metric_bounds(metric);
	size_t i = 0;
	while (bounds[i] != 0 && value > bounds[i])
		i++;
	series->buckets[i]++;
	series->count++;
	series->value += value;
}

double metric_value(const struct metric *metric, const char *label_value)
{
	const struct metric_series *series = series_find(metric, label_value);
	if (series == NULL)
		return 0;
	return metric->type == METRIC_HISTOGRAM ? (double)series->count : series->value;
}
