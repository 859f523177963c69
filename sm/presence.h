/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence (RFC 6121 section 4): availability of sessions, broadcast to
 * contacts, directed presence and its bookkeeping, probes. Subscriptions are
 * sm/subscribe.c's, reached through the two entry points here.
 *
 * Data: a session's last broadcast presence (sm_session.presence), its list of
 * those who got directed presence, the user's roster. Nothing is stored; after
 * a change of owner c2s tells the last presence again (presence_resumed), and
 * contacts hear nothing of it.
 */
#pragma once

#include "sm/sm.h"
#include "sm/user.h"

/* Any presence of a session, checked and stamped; hooks of CHECK and STAMP have run. REFUSE: ev->fault says why. */
enum verdict presence_out(struct sm *sm, struct sm_session *s, const struct stanza *st, struct ev_out *ev);
/* Any presence for a loaded account, bare or full JID. */
void presence_in(struct sm *sm, struct sm_user *user, const struct stanza *st);
/* The answer to a probe of who may not know, the same for an account that does not exist (RFC 6121 4.3.2, 8.5.1). */
void presence_probe_refuse(struct sm *sm, const struct stanza *st);
/* The session ends: those who saw it available see it unavailable. Frees its directed list. */
void presence_session_gone(struct sm *sm, struct sm_session *s);
/* The session goes on at another owner: nobody is told. Frees its directed list. */
void presence_session_forget(struct sm_session *s);
/* Re-opened here: the presence that contacts know already. */
/* The same for one that is away: nothing is on its way to it. */
void presence_restored(struct sm_session *s, struct str presence);
/* Its client has been away while an owner died, and may have missed what others are. */
void presence_refresh(struct sm_session *s);
void presence_resumed(struct sm_session *s, struct str presence);
/* The account is being deleted: contacts learn that the subscriptions end. Sessions have ended. */
void presence_user_deleted(struct sm_user *user);

/* ---- between presence.c and subscribe.c ---- */

/* The presence of each available resource, or unavailable from each, to one contact (bare or full JID). */
void presence_show_to(struct sm_user *user, struct str to);
void presence_hide_from(struct sm_user *user, struct str to);
/* The same of one session, and the other way round; for changes of privacy lists, which they do not ask. */
void presence_show_session(struct sm_session *s, struct str to);
void presence_hide_session(struct sm_session *s, struct str to);
void presence_seems_gone(struct sm_session *s, struct str contact); /* the client sees the contact unavailable */
void presence_probe_for(struct sm_session *s, struct str contact);
void presence_charge(struct sm_session *s, uint64_t contacts); /* so many have been told something */
enum verdict subscribe_out(struct sm_session *s, const struct stanza *st, struct ev_out *ev);
void subscribe_in(struct sm_user *user, const struct stanza *st);
/* The request that a contact of another server has not answered, once more: the first may have been lost (3.1.2). */
void subscribe_ask_again(struct sm_user *user, struct str contact);
/* The requests that wait for an answer, to a session that has just become available (RFC 6121 3.1.3). */
void subscribe_deliver_requests(struct sm_session *s);
/* What a removed item owes its contact (RFC 6121 2.5.2); sub and pending_in are what they were. */
void subscribe_cancel(struct sm_user *user, struct str contact, unsigned sub, bool pending_in);
