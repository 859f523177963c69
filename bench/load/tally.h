/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether numbered letters from one sender to one receiver arrive all, once
 * and in order. Numbers start at 0.
 */
#pragma once

#include "common/base.h"

struct tally_gap {
	uint64_t from, to; /* [from, to) */
};

struct tally { /* zeroed: nothing has come */
	uint64_t next; /* one more than the highest number that has come */
	struct tally_gap *gaps;
	size_t gap_count;
	uint64_t received, doubled, reordered;
};

void tally_done(struct tally *t);
/* Returns whether it is the first with this number. */
bool tally_receive(struct tally *t, uint64_t number);
uint64_t tally_lost(const struct tally *t, uint64_t sent); /* of the first `sent` */
