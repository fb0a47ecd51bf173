#include "metrics/metrics.h"

#include <string.h>

#include "unit.h"

static const double bounds[] = { 0.1, 1, 0 };
static struct metric plain = { .name = "rp_b_total", .help = "Back\\slash\nline", .type = METRIC_COUNTER };
static struct metric labelled = { .name = "rp_a", .help = "A", .type = METRIC_GAUGE, .label = "kind" };
static struct metric unseen = { .name = "rp_d_total", .help = "D", .type = METRIC_COUNTER, .label = "kind" };
static struct metric times = { .name = "rp_c_seconds", .help = "C", .type = METRIC_HISTOGRAM, .buckets = bounds };
static struct metric latency = { .name = "rp_e_seconds", .help = "E", .type = METRIC_HISTOGRAM, .label = "by" };

START_TEST(test_metrics__counts)
{
	double before = metric_value(&plain, NULL);
	metric_add(&plain, NULL, 1);
	metric_add(&plain, NULL, 2.5);
	ck_assert_double_eq(metric_value(&plain, NULL), before + 3.5);
}
END_TEST

START_TEST(test_metrics__gauges_go_up_and_down_by_label)
{
	metric_set(&labelled, "x", 5);
	metric_add(&labelled, "x", -2);
	metric_set(&labelled, "y", 1);
	ck_assert_double_eq(metric_value(&labelled, "x"), 3);
	ck_assert_double_eq(metric_value(&labelled, "y"), 1);
	ck_assert_double_eq(metric_value(&labelled, "z"), 0);
}
END_TEST

START_TEST(test_metrics__copies_the_label)
{
	char label[] = "temporary";
	metric_set(&labelled, label, 4);
	label[0] = 'X';
	ck_assert_double_eq(metric_value(&labelled, "temporary"), 4);
}
END_TEST

START_TEST(test_metrics__exposes_a_histogram_with_cumulative_buckets)
{
	metric_observe(&times, NULL, 0.1);
	metric_observe(&times, NULL, 0.5);
	metric_observe(&times, NULL, 7);
	owned_buf struct buf out = { 0 };
	metrics_expose(&out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "# HELP rp_c_seconds C\n# TYPE rp_c_seconds histogram\n"
						    "rp_c_seconds_bucket{le=\"0.1\"} 1\n"
						    "rp_c_seconds_bucket{le=\"1\"} 2\n"
						    "rp_c_seconds_bucket{le=\"+Inf\"} 3\n"
						    "rp_c_seconds_sum 7.6\n"
						    "rp_c_seconds_count 3\n"));
	ck_assert_double_eq(metric_value(&times, NULL), 3);
}
END_TEST

START_TEST(test_metrics__labels_a_histogram_and_has_latency_buckets_by_default)
{
	metric_observe(&latency, "q\"", 0.002);
	owned_buf struct buf out = { 0 };
	metrics_expose(&out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "rp_e_seconds_bucket{by=\"q\\\"\",le=\"0.001\"} 0\n"
						    "rp_e_seconds_bucket{by=\"q\\\"\",le=\"0.0025\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "rp_e_seconds_count{by=\"q\\\"\"} 1\n"));
}
END_TEST

START_TEST(test_metrics__exposes_sorted_and_escaped)
{
	metrics_register(&unseen);
	metrics_register(&unseen);
	metrics_register(&plain);
	metric_set(&labelled, "w\n", 0.1);
	owned_buf struct buf out = { 0 };
	metrics_expose(&out);
	const char *a = strstr(buf_str(&out), "# TYPE rp_a gauge\n");
	const char *b = strstr(buf_str(&out), "# HELP rp_b_total Back\\\\slash\\nline\n# TYPE rp_b_total counter\n");
	const char *d = strstr(buf_str(&out), "# TYPE rp_d_total counter\n");
	ck_assert(a != NULL && b != NULL && d != NULL && a < b && b < d);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "rp_a{kind=\"w\\n\"} 0.1\n"));
	ck_assert_ptr_null(strstr(d, "rp_d_total{"));
	ck_assert_ptr_null(strstr(d + 1, "# TYPE rp_d_total"));
}
END_TEST

START_TEST(test_metrics__an_unlabelled_metric_starts_at_zero)
{
	static struct metric fresh = { .name = "rp_fresh_total", .help = "F", .type = METRIC_COUNTER };
	metrics_register(&fresh);
	owned_buf struct buf out = { 0 };
	metrics_expose(&out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "\nrp_fresh_total 0\n"));
}
END_TEST

UNIT_MAIN("metrics/metrics", test_metrics__counts, test_metrics__gauges_go_up_and_down_by_label,
	test_metrics__copies_the_label, test_metrics__exposes_a_histogram_with_cumulative_buckets,
	test_metrics__labels_a_histogram_and_has_latency_buckets_by_default, test_metrics__exposes_sorted_and_escaped,
	test_metrics__an_unlabelled_metric_starts_at_zero)
