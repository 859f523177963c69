/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how often each limit of section sm was hit (metric xmpp_limits_hit_total). The limits are where they are used. */
#pragma once

enum sm_limit {
	SM_LIMIT_USER_SESSIONS,
	SM_LIMIT_ROSTER_ITEMS,
	SM_LIMIT_ROSTER_ITEM,
	SM_LIMIT_REQUESTS,
	SM_LIMIT_OFFLINE_MESSAGES,
	SM_LIMIT_UNACKED,
	SM_LIMIT_AWAY_SESSIONS,
	SM_LIMIT_QUEUE,
	SM_LIMIT_DIRECTED,
	SM_LIMIT_PRESENCE_RATE,
	SM_LIMIT_PRESENCE_BYTES,
	SM_LIMIT_PRIVACY,
	SM_LIMIT_COUNT
};

void sm_limit_hit(enum sm_limit which);
