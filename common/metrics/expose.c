/* The text exposition format 0.0.4 of Prometheus. */
#include "metrics/series.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const type_names[] = { "counter", "gauge", "histogram" };

static void append_escaped(const char *text, const char *special, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_append_str(out, "\\n");
		else if (*text == '\\' || *text == special[0])
			buf_printf(out, "\\%c", *text);
		else
			buf_append_char(out, *text);
	}
}

/* The shortest text that reads back as the same number. */
static void append_number(double number, struct buf *out)
{
	if (isnan(number)) {
		buf_append_str(out, "NaN");
		return;
	}
	if (isinf(number)) {
		buf_append_str(out, number > 0 ? "+Inf" : "-Inf");
		return;
	}
	char text[32];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	buf_append_str(out, text);
}

static void append_label(const struct metric *metric, const struct metric_series *series, struct buf *out)
{
	buf_printf(out, "%s=\"", metric->label);
	append_escaped(series->label_value, "\"", out);
	buf_append_char(out, '"');
}

static void append_name(
	const struct metric *metric, const char *suffix, const struct metric_series *series, struct buf *out)
{
	buf_printf(out, "%s%s", metric->name, suffix);
	if (series->label_value != NULL) {
		buf_append_char(out, '{');
		append_label(metric, series, out);
		buf_append_char(out, '}');
	}
	buf_append_char(out, ' ');
}

static void append_bucket(
	const struct metric *metric, const struct metric_series *series, double bound, uint64_t count, struct buf *out)
{
	buf_printf(out, "%s_bucket{", metric->name);
	if (series->label_value != NULL) {
		append_label(metric, series, out);
		buf_append_char(out, ',');
	}
	buf_append_str(out, "le=\"");
	append_number(bound, out);
	buf_printf(out, "\"} %" PRIu64 "\n", count);
}

static void expose_histogram(const struct metric *metric, const struct metric_series *series, struct buf *out)
{
	const double *bounds = metric_bounds(metric);
	uint64_t below = 0;
	for (size_t i = 0; bounds[i] != 0; i++) {
		below += series->buckets[i];
		append_bucket(metric, series, bounds[i], below, out);
	}
	append_bucket(metric, series, INFINITY, series->count, out);
	append_name(metric, "_sum", series, out);
	append_number(series->value, out);
	buf_append_char(out, '\n');
	append_name(metric, "_count", series, out);
	buf_printf(out, "%" PRIu64 "\n", series->count);
}

static void expose_number(const struct metric *metric, const struct metric_series *series, struct buf *out)
{
	append_name(metric, "", series, out);
	append_number(series->value, out);
	buf_append_char(out, '\n');
}

void metrics_expose(struct buf *out)
{
	for (const struct metric *metric = metrics_first(); metric != NULL; metric = metric->next) {
		buf_printf(out, "# HELP %s ", metric->name);
		append_escaped(metric->help, "\\", out);
		buf_printf(out, "\n# TYPE %s %s\n", metric->name, type_names[metric->type]);
		for (const struct metric_series *series = metric->series; series != NULL; series = series->next) {
			if (metric->type == METRIC_HISTOGRAM)
				expose_histogram(metric, series, out);
			else
				expose_number(metric, series, out);
		}
	}
}
