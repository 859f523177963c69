/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets: `rate` units a second, bursts up to `burst`. A rate of 0 is
 * no limit; a burst of 0 is one second's worth. Time in milliseconds of the loop.
 */
#pragma once

#include "common/base.h"

struct limit {
	uint64_t rate, burst;   /* units per second, units */
	uint64_t milli;         /* thousandths of units left */
	uint64_t last;          /* when it was filled */
};

void limit_init(struct limit *l, uint64_t rate, uint64_t burst, uint64_t now_ms); /* starts full */
bool limit_take(struct limit *l, uint64_t units, uint64_t now_ms); /* false and untouched when there is not enough */
/* Takes even into debt; returns for how many ms the source should pause (0: not at all). */
uint64_t limit_charge(struct limit *l, uint64_t units, uint64_t now_ms);
