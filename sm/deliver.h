/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stanzas that arrive at accounts of ours (RFC 6121 section 8.5): which
 * session gets them, or the log, or their sender an error.
 */
#pragma once

#include "sm/module.h"

/*
 * The session has become available with a non-negative priority: messages that wait are sent to it, oldest
 * first, before anything newer. May be called again at any time; does nothing when nothing waits.
 */
void deliver_offline(struct sm_session *session);

struct chunk;
struct duty;

/* A message for a session, behind what waits for it, or at once. entry: of the log, if it is there; may be null. */
void deliver_bytes(struct sm_session *s, struct chunk *bytes, struct entry *entry);

/* A stanza for an account that is READY or ABSENT and not held. */
void deliver_stanza(struct sm_user *user, const struct stanza *st, struct duty *duty);

/* ---- RFC 6121 8.5 as a table, here for its test ---- */

enum deliver_address {
	ADDRESS_BARE,
	ADDRESS_MATCH,    /* full, and a session has the resource */
	ADDRESS_NO_MATCH, /* full, and none has */
	ADDRESS_COUNT
};

enum deliver_action {
	DELIVER_ONE,    /* to the session that is addressed */
	DELIVER_ALL,    /* to all available sessions with a non-negative priority */
	DELIVER_LATER,  /* to the log, if it is worth it */
	DELIVER_REFUSE, /* service-unavailable */
	DELIVER_DROP,   /* silently */
};

/* reachable: there is an available session with a non-negative priority. */
enum deliver_action deliver_action(enum deliver_address address, enum stanza_type type, bool reachable);
enum deliver_action deliver_action_absent(enum stanza_type type); /* there is no such account */
/* Whether a message is to be kept for a user who cannot get it now (XEP-0160 3, XEP-0334 4.3). */
bool deliver_worth_storing(const struct stanza *st);
