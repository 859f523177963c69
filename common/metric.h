/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of this process, in the Prometheus text format on /metrics. Defined
 * as static objects where they are counted; METRIC_REGISTER links them in once.
 * Names as in the field: xmpp_..., _total for counters; labels are fixed text,
 * never JIDs.
 */
#pragma once

#include "common/buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE };

struct metric {
	const char *name;   /* "xmpp_stanzas_total" */
	const char *labels; /* "dir=\"in\",type=\"message\"" or null */
	const char *help;   /* of the name; may be null when another metric of the name has it */
	enum metric_kind kind;
	int64_t value;
	int64_t (*read)(void *arg); /* for gauges that are looked up; null: value. METRIC_ABSENT: there is none now */
	void *arg;
	int64_t unit; /* a power of ten; what is printed is value / unit: 1000000 for microseconds shown as seconds. 0: 1 */
	struct metric *next;
	bool registered;
};

enum { METRIC_BOUNDS_MAX = 20 };
#define METRIC_ABSENT INT64_MIN

/* How often what was seen: counts of values up to each bound, and their sum. */
struct metric_histogram {
	const char *name, *labels, *help; /* as above */
	const int64_t *bounds;            /* rising, bound_count of them */
	size_t bound_count;               /* METRIC_BOUNDS_MAX at most */
	int64_t unit;                     /* of values and bounds, as above */
	uint64_t counts[METRIC_BOUNDS_MAX + 1]; /* the last one: above all bounds */
	int64_t sum;
	struct metric_histogram *next;
	bool registered;
};

/* Bounds for times in microseconds, from 100 us to 10 s: .bounds = metric_times, .bound_count = METRIC_TIMES, .unit = 1000000 */
enum { METRIC_TIMES = 16 };
extern const int64_t metric_times[METRIC_TIMES];

void metric_register(struct metric *m); /* no-op the second time */
void metric_histogram_register(struct metric_histogram *h);
void metric_observe(struct metric_histogram *h, int64_t value);
void metrics_print(struct buf *out); /* all, with process_* and carillon_build_info */

static inline void
metric_add(struct metric *m, int64_t by)
{
	if (!m->registered)
		metric_register(m);
	m->value += by;
}
