/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets in thousandths of units, so that one millisecond adds exactly
 * `rate` of them. A debt is a `last` in the future: nothing is to be had
 * before it, and `milli` is what there is then.
 */
#include "common/limit.h"

void
limit_init(struct limit *l, uint64_t rate, uint64_t burst, uint64_t now_ms)
{
	const uint64_t most = UINT64_MAX / 4000; /* thousandths and sums fit */

	l->rate = MIN(rate, most);
	l->burst = MIN(burst ? burst : l->rate, most);
	l->milli = l->burst * 1000;
	l->last = now_ms;
}

static void
refill(struct limit *l, uint64_t now_ms)
{
	uint64_t full = l->burst * 1000, passed;

	if (now_ms <= l->last)
		return;
	passed = now_ms - l->last;
	l->last = now_ms;
	if (l->milli >= full || passed > (full - l->milli) / l->rate)
		l->milli = full;
	else
		l->milli += passed * l->rate;
}

bool
limit_take(struct limit *l, uint64_t units, uint64_t now_ms)
{
	if (!l->rate)
		return true;
	refill(l, now_ms);
	if (l->last > now_ms || units > l->milli / 1000)
		return false;
	l->milli -= units * 1000;
	return true;
}

uint64_t
limit_charge(struct limit *l, uint64_t units, uint64_t now_ms)
{
	uint64_t need, wait;

	if (!l->rate)
		return 0;
	refill(l, now_ms);
	need = MIN(units, UINT64_MAX / 4000) * 1000;
	if (need <= l->milli) {
		l->milli -= need;
	} else {
		need -= l->milli;
		wait = (need + l->rate - 1) / l->rate;
		l->milli = wait * l->rate - need;
		l->last += MIN(wait, UINT64_MAX - l->last);
	}
	return l->last > now_ms ? l->last - now_ms : 0;
}
