/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches the event loop: while a turn lasts, nobody else is served. How long
 * turns are is in the metrics; one that was far too long gets a line in the log,
 * so that it can be laid beside what happened at that time.
 *
 * Not for a loop that hangs: that is the service manager's (daemon_notify.c).
 */
#include "common/daemon_impl.h"

#include "common/core.h"
#include "common/metric.h"

enum { LONG_US = 100000 }; /* on a machine with time to spare, no turn comes near */

static struct metric_histogram turns = {
	.name = "carillon_loop_turn_seconds",
	.help = "How long the event loop was away from its descriptors.",
	.bounds = metric_times, .bound_count = METRIC_TIMES, .unit = 1000000,
};
static int64_t
read_longest_turn(void *arg)
{
	return (int64_t)((const struct daemon *)arg)->longest_us;
}

static struct metric longest_turn = {
	.name = "xmpp_loop_longest_turn_seconds",
	.help = "The longest that the event loop was away from its descriptors since the last look at the metrics.",
	.kind = METRIC_GAUGE, .read = read_longest_turn, .unit = 1000000,
};

static void
on_turn(void *owner, uint64_t us)
{
	struct daemon *d = owner;
	uint64_t held;

	metric_observe(&turns, (int64_t)us);
	core_turn(us);
	if (us >= LONG_US && log_pace(&d->long_turns, loop_now(d->loop), &held))
		log_info(&d->log, "the event loop was busy milliseconds=%llu others-before=%llu",
			 (unsigned long long)us / 1000, (unsigned long long)held);
}

void
daemon_turns_start(struct daemon *d)
{
	longest_turn.arg = d;
	metric_register(&longest_turn);
	metric_histogram_register(&turns);
	core_start();
	loop_on_turn(d->loop, on_turn, d);
}
