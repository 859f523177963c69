/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics: the text that Prometheus reads. */
#include "common/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t
read_nine(void *arg)
{
	return *(int64_t *)arg * 3;
}

static int64_t three = 3;
static struct metric in = {.name = "xmpp_t_total", .labels = "dir=\"in\"", .kind = METRIC_COUNTER};
static struct metric gauge = {.name = "xmpp_g", .help = "A \\ and\na line.", .kind = METRIC_GAUGE, .read = read_nine,
			      .arg = &three};
static struct metric out_ = {.name = "xmpp_t_total", .labels = "dir=\"out\"", .help = "Things.", .kind = METRIC_COUNTER};
static const int64_t bounds[] = {1000, 250000, 1000000};
static struct metric_histogram first = {.name = "xmpp_h_seconds", .labels = "stage=\"a\"", .help = "Times.",
					.bounds = bounds, .bound_count = 3, .unit = 1000000};
static struct metric_histogram other = {.name = "xmpp_h_bytes", .bounds = bounds, .bound_count = 2};
static struct metric_histogram second = {.name = "xmpp_h_seconds", .labels = "stage=\"b\"", .bounds = bounds, .bound_count = 1,
					 .unit = 1000000};
static int64_t
read_absent(void *arg)
{
	(void)arg;
	return METRIC_ABSENT;
}

static struct metric absent = {.name = "xmpp_absent_seconds", .kind = METRIC_GAUGE, .read = read_absent};
static struct metric seconds = {.name = "xmpp_s_seconds", .kind = METRIC_GAUGE, .unit = 1000000};

static struct str
print(struct buf *b)
{
	buf_clear(b);
	metrics_print(b);
	return buf_str(b);
}

static void
test_lines(void **state)
{
	struct buf b = {0};
	struct str text;

	(void)state;
	metric_add(&in, 5);
	metric_register(&gauge);
	metric_add(&out_, INT64_C(1) << 40);
	metric_add(&in, -7);
	metric_register(&in);
	metric_add(&seconds, 1250000);
	text = print(&b);
	assert_true(str_starts(text, STR("# HELP xmpp_t_total Things.\n"
					 "# TYPE xmpp_t_total counter\n"
					 "xmpp_t_total{dir=\"in\"} -2\n"
					 "xmpp_t_total{dir=\"out\"} 1099511627776\n"
					 "# HELP xmpp_g A \\\\ and\\na line.\n"
					 "# TYPE xmpp_g gauge\n"
					 "xmpp_g 9\n"
					 "# TYPE xmpp_s_seconds gauge\n"
					 "xmpp_s_seconds 1.25\n")));
	buf_done(&b);
}

static void
test_units(void **state)
{
	static const struct {
		int64_t value;
		const char *line;
	} cases[] = {{0, "xmpp_s_seconds 0\n"}, {1, "xmpp_s_seconds 0.000001\n"}, {-1500000, "xmpp_s_seconds -1.5\n"},
		     {2000000, "xmpp_s_seconds 2\n"}, {1000010, "xmpp_s_seconds 1.00001\n"},
		     {INT64_MIN, "xmpp_s_seconds -9223372036854.775808\n"}};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		seconds.value = cases[i].value;
		assert_true(str_find(print(&b), str_z(cases[i].line)) > 0);
	}
	buf_done(&b);
}

/* A value is counted up to the first bound that it does not exceed; buckets are cumulative. */
static void
test_histograms(void **state)
{
	struct buf b = {0};

	(void)state;
	metric_observe(&first, 1000);
	metric_observe(&first, 1001);
	metric_observe(&first, 250000);
	metric_observe(&first, 3000000);
	metric_observe(&other, 7);
	metric_histogram_register(&second);
	metric_histogram_register(&second);
	assert_true(str_find(print(&b), STR("# HELP xmpp_h_seconds Times.\n"
					    "# TYPE xmpp_h_seconds histogram\n"
					    "xmpp_h_seconds_bucket{stage=\"a\",le=\"0.001\"} 1\n"
					    "xmpp_h_seconds_bucket{stage=\"a\",le=\"0.25\"} 3\n"
					    "xmpp_h_seconds_bucket{stage=\"a\",le=\"1\"} 3\n"
					    "xmpp_h_seconds_bucket{stage=\"a\",le=\"+Inf\"} 4\n"
					    "xmpp_h_seconds_sum{stage=\"a\"} 3.252001\n"
					    "xmpp_h_seconds_count{stage=\"a\"} 4\n"
					    "xmpp_h_seconds_bucket{stage=\"b\",le=\"0.001\"} 0\n"
					    "xmpp_h_seconds_bucket{stage=\"b\",le=\"+Inf\"} 0\n"
					    "xmpp_h_seconds_sum{stage=\"b\"} 0\n"
					    "xmpp_h_seconds_count{stage=\"b\"} 0\n"
					    "# TYPE xmpp_h_bytes histogram\n"
					    "xmpp_h_bytes_bucket{le=\"1000\"} 1\n"
					    "xmpp_h_bytes_bucket{le=\"250000\"} 1\n"
					    "xmpp_h_bytes_bucket{le=\"+Inf\"} 1\n"
					    "xmpp_h_bytes_sum 7\n"
					    "xmpp_h_bytes_count 1\n")) > 0);
	buf_done(&b);
}

/* What cannot be told now has no line: 0 would be a lie. */
static void
test_absent(void **state)
{
	struct buf b = {0};

	(void)state;
	metric_register(&absent);
	assert_true(str_find(print(&b), STR("# TYPE xmpp_absent_seconds gauge\n")) > 0);
	assert_int_equal(str_find(buf_str(&b), STR("\nxmpp_absent_seconds ")), -1);
	buf_done(&b);
}

/* The value of a line "name value". */
static double
value_of(struct str text, const char *name)
{
	char *line = xasprintf("\n%s ", name);
	ssize_t at = str_find(text, str_z(line));
	double v;

	if (at < 0)
		fail_msg("no %s", name);
	v = strtod(text.p + at + strlen(line), NULL);
	free(line);
	return v;
}

static void
test_process(void **state)
{
	struct buf b = {0};
	double before, start;
	struct str text = print(&b);

	(void)state;
	buf_z(&b);
	assert_true(value_of(text, "process_cpu_seconds_total") > 0);
	assert_true(value_of(text, "process_resident_memory_bytes") > 100000);
	assert_true(value_of(text, "process_max_fds") >= 20);
	start = value_of(text, "process_start_time_seconds");
	assert_true(start > (double)time(NULL) - 600 && start < (double)time(NULL) + 2);
	before = value_of(text, "process_open_fds");
	assert_true(before >= 3);
	{
		int fd = dup(0);

		text = print(&b);
		buf_z(&b);
		assert_true(value_of(text, "process_open_fds") == before + 1);
		assert_true(value_of(text, "process_start_time_seconds") == start);
		close(fd);
	}
	assert_true(str_find(text, STR("# TYPE process_cpu_seconds_total counter\n")) > 0);
	assert_true(str_find(text, STR("\ncarillon_build_info{version=\"")) > 0);
	buf_done(&b);
}

/* Each name has one TYPE line, and its samples stand right below. */
static void
test_groups(void **state)
{
	struct buf b = {0}, types = {0};
	struct str rest = print(&b), current = STR_NONE;

	(void)state;
	while (rest.n) {
		struct str line = str_split(rest, '\n', &rest);

		assert_non_null(rest.p);
		if (str_starts(line, STR("# TYPE "))) {
			struct str tail, name = str_split(str_from(line, 7), ' ', &tail);

			assert_true(str_is(tail, "counter") || str_is(tail, "gauge") || str_is(tail, "histogram"));
			buf_addf(&types, "<" STR_FMT ">", STR_ARG(name));
			current = name;
		} else if (!str_starts(line, STR("# HELP "))) {
			assert_true(str_starts(line, current));
		}
	}
	for (struct str t = buf_str(&types); t.n; t = str_from(t, 1)) {
		ssize_t end = str_chr(t, '>');

		if (t.p[0] == '<')
			assert_int_equal(str_find(str_from(t, 1), str_n(t.p, (size_t)end + 1)), -1);
	}
	buf_done(&b);
	buf_done(&types);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_histograms),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
