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
	int64_t (*read)(void *arg); /* for gauges that are looked up; null: value */
	void *arg;
	int64_t unit; /* a power of ten; what is printed is value / unit: 1000000 for microseconds shown as seconds. 0: 1 */
	struct metric *next;
	bool registered;
};

void metric_register(struct metric *m); /* no-op the second time */
void metrics_print(struct buf *out);    /* all, with process_* and carillon_build_info */

static inline void
metric_add(struct metric *m, int64_t by)
{
	if (!m->registered)
		metric_register(m);
	m->value += by;
}
