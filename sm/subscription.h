/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of presence subscriptions and what each subscription stanza does
 * in each state: the tables of RFC 6121 appendix A, as data. Nothing here
 * stores, sends or pushes.
 */
#pragma once

#include "xmpp/stanza.h"

/* RFC 6121 A.1. "Out": our request waits for their answer; "in": theirs for ours. */
enum subscription {
	SUBS_NONE,
	SUBS_NONE_OUT,
	SUBS_NONE_IN,
	SUBS_NONE_OUT_IN,
	SUBS_TO,
	SUBS_TO_IN,
	SUBS_FROM,
	SUBS_FROM_OUT,
	SUBS_BOTH,
	SUBS_COUNT
};

struct transition {
	bool pass; /* outbound: route it to the contact; inbound: deliver it to the user */
	enum subscription next;
};

/* What a stanza of `type` (subscribe, subscribed, unsubscribe, unsubscribed) does: A.2 and A.3. */
struct transition subscription_out(enum stanza_type type, enum subscription now);
struct transition subscription_in(enum stanza_type type, enum subscription now);

/* As a roster item keeps it (roster_row.subscription); "pending in" is kept as a stored request instead. */
enum sub_bits {
	SUB_TO = 1,
	SUB_FROM = 2,
	SUB_ASK = 4,      /* pending out */
	SUB_APPROVED = 8, /* pre-approved, RFC 6121 3.4; goes beside every state */
	SUB_STATE = SUB_TO | SUB_FROM | SUB_ASK,
};

enum subscription subscription_of(unsigned bits, bool pending_in);
unsigned subscription_bits(enum subscription s); /* without SUB_APPROVED */
bool subscription_pending_in(enum subscription s);
const char *subscription_name(unsigned bits); /* "none", "to", "from", "both": RFC 6121 2.1.2.5 */
