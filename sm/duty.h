/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct duty: somebody waits to hear that a stanza is dealt with: a session's
 * client (its number is acknowledged), or another owner (it gets a <done/>).
 * Whoever works on the stanza beyond the current callback holds a reference;
 * when the last one goes, the duty is done.
 *
 * The duty of the stanza that is being handled stands in sm->duty, so that
 * code between (an IQ that is kept, a user that is held) can take a reference
 * without every function passing it on.
 */
#pragma once

#include "common/list.h"
#include "xmpp/error.h"
#include "xmpp/session.h"

struct seen;
struct sm;
struct sm_session;

struct duty {
	unsigned refs;
	struct sm *sm;
	/* The session that waits; serial 0: none. */
	char sid[SID_LEN + 1];
	uint64_t serial, seq;
	struct duty *parent;             /* waits for this one; may be null */
	struct seen *seen;               /* the name under which it is remembered (sm/seen.h); null: none */
	enum stanza_condition condition; /* what another owner is told; STANZA_OK: durable here */
};

/* Each with one reference. */
struct duty *duty_new_session(struct sm_session *s, uint64_t seq);
struct duty *duty_new_seen(struct sm *sm, struct seen *seen);
struct duty *duty_new_child(struct sm *sm, struct duty *parent); /* of a stanza that another one gave rise to; parent may be null */
struct duty *duty_ref(struct duty *d); /* accepts null */
void duty_unref(struct duty **d);      /* accepts null, nulls it */
/* Duties that wait for one thing; a zeroed one is empty and owns no memory. */
struct duties {
	struct duty **all;
	size_t count;
};
void duties_add(struct duties *w, struct duty *d); /* with a reference of its own; null and what is in it already: nothing */
void duties_let_go(struct duties *w);              /* of all, last references may end them; empty afterwards */

/* The stanza was refused: an error has gone to its sender. Accepts null. */
void duty_refuse(struct duty *d, enum stanza_condition condition);
/* The name of the stanza: of what is seen, or sid.seq. Absent when it has none. Into buf of RID_MAX. */
struct str duty_rid(const struct duty *d, char *buf);
