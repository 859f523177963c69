/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the database has of a session with stream management, so that its
 * client can resume it when its sm has died or left (doc/protocol.md section
 * 4, "Away, and in the database").
 *
 * A session that goes away is written as it is, with what its client has not
 * acknowledged; what is added while it is away follows a moment later, and
 * messages that came in that moment are in the log. The next owner restores
 * it with its user. A resumption is written before it is answered, with a
 * time that is later than all before, so that no two owners ever give it to
 * anybody, and no connection from before is taken for it. When c2s has
 * confirmed, only that is left: that somebody has it, since when (a fence).
 *
 * A session whose client never went away costs the database nothing.
 */
#pragma once

#include "common/list.h"
#include "common/loop.h"
#include "storage/storage.h"
#include "xmpp/session.h"

struct input;
struct sm;
struct sm_session;
struct sm_user;

struct stored { /* in struct manage */
	uint64_t id;            /* of this session, never used twice in a process; 0: nothing was ever written */
	bool live;              /* only the fence is left */
	bool durable;           /* that it is away is in the database, */
	bool writing, again;    /* or on its way there; and another change must follow */
	bool confirmed;         /* a c2s has it, but it is catching up still */
	bool anew;              /* which replaces all */
	uint64_t upto;          /* numbers to the client that are in it */
	unsigned pieces;
	struct timer timer;
};

/* It is away from now on: all of it. */
void away_write(struct sm_session *s);
/* Something was added for it. No-op for one that is not away. */
void away_added(struct sm_session *s);
/* A c2s has it, and has said so. */
void away_confirmed(struct sm_session *s);
/* It is there, and catches up with what it has missed; at the end of that. */
void away_catches_up(struct sm_session *s);
void away_caught_up(struct sm_session *s);
/* Whether the next owner would find it. */
bool away_is_kept(const struct sm_session *s);
/* It ends; gone: for ever, else it goes on elsewhere. */
void away_end(struct sm_session *s, bool gone);
/* What waits a moment is written now. True: something is not written yet. */
bool away_hurry(struct sm *sm);

/* All that it was to get up to this id of the log it has, or has waiting. */
int64_t away_since(const struct sm_session *s);

/* By sm/user.c: what a user is loaded with, and what is left of that. */
void away_load(struct sm_user *user, const struct user_rows *rows);
void away_forget(struct sm_user *user);
/* Slots have been claimed: users with sessions that are away are loaded. */
void away_claimed(struct sm *sm);
void away_stop(struct sm *sm);

/* A fence of the user: the session is with a c2s that has not opened it here yet. */
bool away_is_elsewhere(const struct sm_user *user, struct str manage_id);
/* Whether an <open/> does not know of the last resumption. */
bool away_is_former(const struct sm_user *user, struct str sid, const struct word_manage *w);
/* It has been opened here: the fence is its own. */
void away_take_fence(struct sm_session *s);
