/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct ring: payloads that have been sent and not been acknowledged, oldest
 * first, with consecutive numbers. An empty ring owns no memory. How much may
 * be in it is its owner's rule.
 */
#pragma once

#include "common/chunk.h"

struct ring {
	struct chunk **slots;
	unsigned cap, head, count; /* cap: a power of two, or 0 */
	size_t bytes;
};

void ring_done(struct ring *r);
void ring_push(struct ring *r, struct chunk *c); /* takes the reference */
void ring_drop(struct ring *r, unsigned count);  /* the oldest; count <= r->count */
struct chunk *ring_at(const struct ring *r, unsigned i); /* 0: the oldest; borrowed */
