/* SPDX-License-Identifier: Apache-2.0 */
/* A flood must not become a flood of log lines: how often a line that strangers provoke is written. */
#include "common/log.h"

bool
log_pace(struct log_pace *p, uint64_t now_ms, uint64_t *held_r)
{
	if (now_ms < p->next) {
		p->held++;
		return false;
	}
	*held_r = p->held;
	p->held = 0;
	p->next = now_ms + LOG_PACE_MS;
	return true;
}
