/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a session has sent directed presence to (RFC 6121 4.6), as it was
 * addressed: they are owed an unavailable when it goes. The list is made with
 * the first of them and lives until the session is unavailable.
 *
 * When it ends, and who gets the unavailable, is sm/presence.c's.
 *
 * When this sm dies, the next owner gets the list back (sm/keep.h): as much of
 * it as has a place in a few kilobytes, and told five times a second at most.
 * Long lists and fast changes are rare, and to tell all of a long one with
 * each presence would not be cheap.
 */
#pragma once

#include "xmpp/jid.h"

struct sm_session;

bool directed_add(struct sm_session *s, struct str to) MUST_CHECK; /* false: the list is full (the setting directed_presence) */
void directed_del(struct sm_session *s, struct str to);
/* Whether an entity has this session's directed presence, under its full or its bare JID. */
bool directed_to(const struct sm_session *s, const struct jid *entity);
/* Iterates: uint64_t it = 0; absent at the end. */
struct str directed_next(const struct sm_session *s, uint64_t *it);
/* The session is unavailable: nobody is owed anything any more. */
void directed_end(struct sm_session *s);
/* The session goes on elsewhere, with the list that c2s has. */
void directed_free(struct sm_session *s);
/* The session comes from elsewhere: what c2s has kept of its list. */
void directed_reopened(struct sm_session *s);
