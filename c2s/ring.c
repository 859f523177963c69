/* SPDX-License-Identifier: Apache-2.0 */
/* Unacknowledged payloads: a growing circular queue of chunks. */
#include "c2s/ring.h"

#include "common/metric.h"

#include <stdlib.h>

enum { RING_FIRST_CAP = 8 };

static struct metric depth = {
	.name = "xmpp_queue_depth", .labels = "queue=\"unacked\"", .kind = METRIC_GAUGE,
	.help = "Stanzas that wait. unacked: for the other end of a session to have dealt with them.",
};

void
ring_done(struct ring *r)
{
	ring_drop(r, r->count);
}

static void
grow(struct ring *r)
{
	unsigned cap = r->cap ? r->cap * 2 : RING_FIRST_CAP;
	struct chunk **slots = xcalloc(cap, sizeof(*slots));

	for (unsigned i = 0; i < r->count; i++)
		slots[i] = ring_at(r, i);
	free(r->slots);
	r->slots = slots;
	r->cap = cap;
	r->head = 0;
}

void
ring_push(struct ring *r, struct chunk *c)
{
	if (r->count == r->cap)
		grow(r);
	r->slots[(r->head + r->count++) & (r->cap - 1)] = c;
	r->bytes += c->n;
	metric_add(&depth, 1);
}

void
ring_drop(struct ring *r, unsigned count)
{
	bug_if(count > r->count);
	metric_add(&depth, -(int64_t)count);
	for (; count > 0; count--, r->count--) {
		struct chunk **slot = &r->slots[r->head];

		r->bytes -= (*slot)->n;
		chunk_unref(slot);
		r->head = (r->head + 1) & (r->cap - 1);
	}
	if (r->count == 0) {
		free(r->slots);
		*r = (struct ring){0};
	}
}

struct chunk *
ring_at(const struct ring *r, unsigned i)
{
	bug_if(i >= r->count);
	return r->slots[(r->head + i) & (r->cap - 1)];
}
