/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets: values under 64 one each, then 64 for each power of two. */
#include "bench/load/histogram.h"

#include <math.h>

enum { STEP_BITS = 6 };

static size_t
bucket_of(uint64_t v)
{
	unsigned shift;

	if (v < HISTOGRAM_STEPS)
		return v;
	shift = 63 - (unsigned)__builtin_clzll(v) - STEP_BITS;
	return (size_t)(shift + 1) * HISTOGRAM_STEPS + ((v >> shift) - HISTOGRAM_STEPS);
}

/* The largest value that falls into the bucket. */
static uint64_t
bucket_top(size_t i)
{
	unsigned shift;

	if (i < HISTOGRAM_STEPS)
		return i;
	shift = (unsigned)(i / HISTOGRAM_STEPS) - 1;
	return ((uint64_t)(HISTOGRAM_STEPS + i % HISTOGRAM_STEPS + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t ns)
{
	h->count++;
	h->sum += ns;
	h->max = MAX(h->max, ns);
	h->buckets[bucket_of(ns)]++;
}

uint64_t
histogram_at(const struct histogram *h, double share)
{
	uint64_t wanted = (uint64_t)ceil(share * (double)h->count), seen = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen && seen >= wanted)
			return MIN(bucket_top(i), h->max);
	}
	return 0;
}

uint64_t
histogram_mean(const struct histogram *h)
{
	return h->count ? h->sum / h->count : 0;
}
