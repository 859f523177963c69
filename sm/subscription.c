/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of RFC 6121 appendix A. */
#include "sm/subscription.h"

enum subscription_act { ACT_SUBSCRIBE, ACT_UNSUBSCRIBE, ACT_SUBSCRIBED, ACT_UNSUBSCRIBED, ACT_COUNT };

#define YES true
#define NO false

/* RFC 6121 A.2: the user's server, for stanzas that the user sends. */
static const struct transition outbound[ACT_COUNT][SUBS_COUNT] = {
	[ACT_SUBSCRIBE] = { /* A.2.1 */
		[SUBS_NONE] = {YES, SUBS_NONE_OUT},
		[SUBS_NONE_OUT] = {YES, SUBS_NONE_OUT},
		[SUBS_NONE_IN] = {YES, SUBS_NONE_OUT_IN},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_NONE_OUT_IN},
		[SUBS_TO] = {YES, SUBS_TO},
		[SUBS_TO_IN] = {YES, SUBS_TO_IN},
		[SUBS_FROM] = {YES, SUBS_FROM_OUT},
		[SUBS_FROM_OUT] = {YES, SUBS_FROM_OUT},
		[SUBS_BOTH] = {YES, SUBS_BOTH},
	},
	[ACT_UNSUBSCRIBE] = { /* A.2.2 */
		[SUBS_NONE] = {YES, SUBS_NONE},
		[SUBS_NONE_OUT] = {YES, SUBS_NONE},
		[SUBS_NONE_IN] = {YES, SUBS_NONE_IN},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_NONE_IN},
		[SUBS_TO] = {YES, SUBS_NONE},
		[SUBS_TO_IN] = {YES, SUBS_NONE_IN},
		[SUBS_FROM] = {YES, SUBS_FROM},
		[SUBS_FROM_OUT] = {YES, SUBS_FROM},
		[SUBS_BOTH] = {YES, SUBS_FROM},
	},
	[ACT_SUBSCRIBED] = { /* A.2.3; where it is not routed it is a pre-approval (3.4) */
		[SUBS_NONE] = {NO, SUBS_NONE},
		[SUBS_NONE_OUT] = {NO, SUBS_NONE_OUT},
		[SUBS_NONE_IN] = {YES, SUBS_FROM},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_FROM_OUT},
		[SUBS_TO] = {NO, SUBS_TO},
		[SUBS_TO_IN] = {YES, SUBS_BOTH},
		[SUBS_FROM] = {NO, SUBS_FROM},
		[SUBS_FROM_OUT] = {NO, SUBS_FROM_OUT},
		[SUBS_BOTH] = {NO, SUBS_BOTH},
	},
	[ACT_UNSUBSCRIBED] = { /* A.2.4 */
		[SUBS_NONE] = {NO, SUBS_NONE},
		[SUBS_NONE_OUT] = {NO, SUBS_NONE_OUT},
		[SUBS_NONE_IN] = {YES, SUBS_NONE},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_NONE_OUT},
		[SUBS_TO] = {NO, SUBS_TO},
		[SUBS_TO_IN] = {YES, SUBS_TO},
		[SUBS_FROM] = {YES, SUBS_NONE},
		[SUBS_FROM_OUT] = {YES, SUBS_NONE_OUT},
		[SUBS_BOTH] = {YES, SUBS_TO},
	},
};

/* RFC 6121 A.3: the contact's server, for stanzas that arrive. */
static const struct transition inbound[ACT_COUNT][SUBS_COUNT] = {
	[ACT_SUBSCRIBE] = { /* A.3.1; in the "from" states the server answers by itself */
		[SUBS_NONE] = {YES, SUBS_NONE_IN},
		[SUBS_NONE_OUT] = {YES, SUBS_NONE_OUT_IN},
		[SUBS_NONE_IN] = {NO, SUBS_NONE_IN},
		[SUBS_NONE_OUT_IN] = {NO, SUBS_NONE_OUT_IN},
		[SUBS_TO] = {YES, SUBS_TO_IN},
		[SUBS_TO_IN] = {NO, SUBS_TO_IN},
		[SUBS_FROM] = {NO, SUBS_FROM},
		[SUBS_FROM_OUT] = {NO, SUBS_FROM_OUT},
		[SUBS_BOTH] = {NO, SUBS_BOTH},
	},
	[ACT_UNSUBSCRIBE] = { /* A.3.2 */
		[SUBS_NONE] = {NO, SUBS_NONE},
		[SUBS_NONE_OUT] = {NO, SUBS_NONE_OUT},
		[SUBS_NONE_IN] = {YES, SUBS_NONE},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_NONE_OUT},
		[SUBS_TO] = {NO, SUBS_TO},
		[SUBS_TO_IN] = {YES, SUBS_TO},
		[SUBS_FROM] = {YES, SUBS_NONE},
		[SUBS_FROM_OUT] = {YES, SUBS_NONE_OUT},
		[SUBS_BOTH] = {YES, SUBS_TO},
	},
	[ACT_SUBSCRIBED] = { /* A.3.3 */
		[SUBS_NONE] = {NO, SUBS_NONE},
		[SUBS_NONE_OUT] = {YES, SUBS_TO},
		[SUBS_NONE_IN] = {NO, SUBS_NONE_IN},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_TO_IN},
		[SUBS_TO] = {NO, SUBS_TO},
		[SUBS_TO_IN] = {NO, SUBS_TO_IN},
		[SUBS_FROM] = {NO, SUBS_FROM},
		[SUBS_FROM_OUT] = {YES, SUBS_BOTH},
		[SUBS_BOTH] = {NO, SUBS_BOTH},
	},
	[ACT_UNSUBSCRIBED] = { /* A.3.4 */
		[SUBS_NONE] = {NO, SUBS_NONE},
		[SUBS_NONE_OUT] = {YES, SUBS_NONE},
		[SUBS_NONE_IN] = {NO, SUBS_NONE_IN},
		[SUBS_NONE_OUT_IN] = {YES, SUBS_NONE_IN},
		[SUBS_TO] = {YES, SUBS_NONE},
		[SUBS_TO_IN] = {YES, SUBS_NONE_IN},
		[SUBS_FROM] = {NO, SUBS_FROM},
		[SUBS_FROM_OUT] = {YES, SUBS_FROM},
		[SUBS_BOTH] = {YES, SUBS_FROM},
	},
};

static const struct {
	unsigned bits;
	bool pending_in;
} kept_as[SUBS_COUNT] = {
	[SUBS_NONE] = {0, false},
	[SUBS_NONE_OUT] = {SUB_ASK, false},
	[SUBS_NONE_IN] = {0, true},
	[SUBS_NONE_OUT_IN] = {SUB_ASK, true},
	[SUBS_TO] = {SUB_TO, false},
	[SUBS_TO_IN] = {SUB_TO, true},
	[SUBS_FROM] = {SUB_FROM, false},
	[SUBS_FROM_OUT] = {SUB_FROM | SUB_ASK, false},
	[SUBS_BOTH] = {SUB_TO | SUB_FROM, false},
};

static enum subscription_act
act_of(enum stanza_type type)
{
	switch (type) {
	case TYPE_SUBSCRIBE:
		return ACT_SUBSCRIBE;
	case TYPE_UNSUBSCRIBE:
		return ACT_UNSUBSCRIBE;
	case TYPE_SUBSCRIBED:
		return ACT_SUBSCRIBED;
	case TYPE_UNSUBSCRIBED:
		return ACT_UNSUBSCRIBED;
	default:
		bug_if(true);
		return ACT_COUNT;
	}
}

struct transition
subscription_out(enum stanza_type type, enum subscription now)
{
	bug_if(now >= SUBS_COUNT);
	return outbound[act_of(type)][now];
}

struct transition
subscription_in(enum stanza_type type, enum subscription now)
{
	bug_if(now >= SUBS_COUNT);
	return inbound[act_of(type)][now];
}

enum subscription
subscription_of(unsigned bits, bool pending_in)
{
	unsigned state = bits & SUB_STATE;

	/* Combinations that no table has can only come from a damaged row: the nearest state that shows no more. */
	if (state & SUB_TO)
		state &= ~(unsigned)SUB_ASK;
	if (state & SUB_FROM)
		pending_in = false;
	for (int s = 0; s < SUBS_COUNT; s++)
		if (kept_as[s].bits == state && kept_as[s].pending_in == pending_in)
			return (enum subscription)s;
	bug_if(true);
	return SUBS_NONE;
}

unsigned
subscription_bits(enum subscription s)
{
	return kept_as[s].bits;
}

bool
subscription_pending_in(enum subscription s)
{
	return kept_as[s].pending_in;
}

const char *
subscription_name(unsigned bits)
{
	static const char *const names[] = {"none", "to", "from", "both"};

	return names[bits & (SUB_TO | SUB_FROM)];
}
