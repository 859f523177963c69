/* SPDX-License-Identifier: Apache-2.0 */
/* struct ack: a ring of flags between the last number dealt with and the last one taken (sm/ack.h). */
#include "sm/ack.h"

#include <stdlib.h>
#include <string.h>

enum { CAP_MIN = 16 };

void
ack_start(struct ack *a, uint64_t done)
{
	a->seen = a->done = done;
	if (a->cap)
		memset(a->open, 0, a->cap);
}

void
ack_done(struct ack *a)
{
	free(a->open);
	*a = (struct ack){0};
}

static uint8_t *
ring_at(const struct ack *a, uint64_t number)
{
	return &a->open[number & (a->cap - 1)];
}

static void
ring_grow(struct ack *a)
{
	struct ack bigger = *a;

	bigger.cap = a->cap ? 2 * a->cap : CAP_MIN;
	bigger.open = xcalloc(bigger.cap, 1);
	for (uint64_t n = a->done + 1; n <= a->seen; n++)
		*ring_at(&bigger, n) = *ring_at(a, n);
	free(a->open);
	*a = bigger;
}

enum ack_verdict
ack_take(struct ack *a, uint64_t number)
{
	if (number <= a->seen)
		return ACK_SEEN;
	if (number != a->seen + 1)
		return ACK_GAP;
	if (a->seen - a->done >= ACK_OPEN_MAX)
		return ACK_FULL;
	if (a->seen - a->done == a->cap)
		ring_grow(a);
	*ring_at(a, number) = 1;
	a->seen = number;
	return ACK_NEXT;
}

bool
ack_finish(struct ack *a, uint64_t number)
{
	uint64_t before = a->done;

	if (number <= a->done || number > a->seen)
		return false;
	*ring_at(a, number) = 0;
	while (a->done < a->seen && !*ring_at(a, a->done + 1))
		a->done++;
	return a->done != before;
}
