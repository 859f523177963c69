/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latencies, counted in buckets of about 1.5 percent width, from nanoseconds to
 * hours: percentiles of any number of values in a fixed size.
 */
#pragma once

#include "common/base.h"

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_BUCKETS = (64 - 6 + 1) * HISTOGRAM_STEPS };

struct histogram {
	uint64_t count, max, sum;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
/* The value that `share` (0 to 1) of all values do not exceed; 0 when there are none. */
uint64_t histogram_at(const struct histogram *h, double share);
uint64_t histogram_mean(const struct histogram *h);
