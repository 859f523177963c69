/* SPDX-License-Identifier: Apache-2.0 */
/* One metric for each limit (sm/limits.h). */
#include "sm/limits.h"

#include "common/metric.h"

#define LIMIT(key)                                                                                                        \
	{.name = "xmpp_limits_hit_total", .labels = "limit=\"" key "\"", .help = "Times that a limit was hit.", \
	 .kind = METRIC_COUNTER}

void
sm_limit_hit(enum sm_limit which)
{
	static struct metric metrics[SM_LIMIT_COUNT] = {
		[SM_LIMIT_USER_SESSIONS] = LIMIT("user_sessions"),
		[SM_LIMIT_ROSTER_ITEMS] = LIMIT("roster_items"),
		[SM_LIMIT_ROSTER_ITEM] = LIMIT("roster_item"),
		[SM_LIMIT_REQUESTS] = LIMIT("subscription_requests"),
		[SM_LIMIT_OFFLINE_MESSAGES] = LIMIT("offline_messages"),
		[SM_LIMIT_UNACKED] = LIMIT("unacked_stanzas"),
		[SM_LIMIT_AWAY_SESSIONS] = LIMIT("away_sessions"),
		[SM_LIMIT_QUEUE] = LIMIT("queue_stanzas"),
		[SM_LIMIT_DIRECTED] = LIMIT("directed_presence"),
		[SM_LIMIT_PRESENCE_RATE] = LIMIT("presence_rate"),
		[SM_LIMIT_PRESENCE_BYTES] = LIMIT("presence_bytes"),
		[SM_LIMIT_PRIVACY] = LIMIT("privacy"),
	};

	metric_add(&metrics[which], 1);
}
