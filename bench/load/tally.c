/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what arrives against what should. Gaps are rare, so their list is searched in a line. */
#include "bench/load/tally.h"

#include <stdlib.h>
#include <string.h>

void
tally_done(struct tally *t)
{
	free(t->gaps);
	*t = (struct tally){0};
}

static void
gap_add(struct tally *t, uint64_t from, uint64_t to)
{
	if (from == to)
		return;
	t->gaps = xrealloc(t->gaps, (t->gap_count + 1) * sizeof(*t->gaps));
	t->gaps[t->gap_count++] = (struct tally_gap){from, to};
}

static bool
gap_fill(struct tally *t, uint64_t number)
{
	for (size_t i = 0; i < t->gap_count; i++) {
		struct tally_gap g = t->gaps[i];

		if (number < g.from || number >= g.to)
			continue;
		t->gaps[i] = t->gaps[--t->gap_count];
		gap_add(t, g.from, number);
		gap_add(t, number + 1, g.to);
		return true;
	}
	return false;
}

bool
tally_receive(struct tally *t, uint64_t number)
{
	if (number >= t->next) {
		gap_add(t, t->next, number);
		t->next = number + 1;
	} else if (gap_fill(t, number)) {
		t->reordered++;
	} else {
		t->doubled++;
		return false;
	}
	t->received++;
	return true;
}

uint64_t
tally_lost(const struct tally *t, uint64_t sent)
{
	return sent > t->received ? sent - t->received : 0;
}
