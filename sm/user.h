/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sm_user: an account of ours in memory. Loaded in one round trip when
 * something concerns it, forgotten when it has had no session and nothing to
 * do for a while.
 *
 * Order: what arrives while the user is being loaded, or while somebody holds
 * it (user_hold), waits in its queue and is handled in the order it came.
 */
#pragma once

#include "sm/duty.h"
#include "sm/mailbox.h"
#include "sm/module.h"
#include "sm/recall.h"
#include "sm/resend.h"
#include "sm/roster.h"

#include "common/list.h"
#include "common/loop.h"
#include "xmpp/session.h"

struct chunk;
struct prefs;
struct privacy;

enum user_state {
	USER_LOADING, /* rows are on their way */
	USER_READY,
	USER_ABSENT,  /* no such account: what waits is answered so, then it is forgotten */
	USER_GONE,    /* given up (slot lost, account deleted): freed at the end of the turn */
};

struct sm_user {
	struct sm *sm;
	char *bare;
	struct jid jid;           /* bare, into `bare` */
	unsigned slot;
	enum user_state state;
	unsigned holds;
	bool disabled;
	bool anonymous;           /* a guest: there is no such row (sm/anonymous.h) */
	struct roster roster;     /* sm/roster.h */
	struct privacy *privacy;  /* sm/privacy.h; null: no lists */
	struct list sessions;     /* struct sm_session, in_user; oldest first */
	struct mailbox mail;      /* its part of the message log, sm/mailbox.h */
	struct resends resends;   /* what its sessions have sent lately */
	struct recall recall;     /* what was in the log when it was loaded */
	struct prefs *prefs;      /* sm/archive.h; null: none */
	struct list fences;       /* sm/away.h: sessions that some c2s has, */
	struct timer fence_timer; /* and will have opened here by then */
	struct list queue;        /* struct input */
	size_t queue_foreign;     /* those that are for the account, not from its sessions */
	size_t queue_bytes;       /* of these */
	struct duties duties;     /* of stanzas whose effect is under way: kept until the last hold goes */
	bool loading;             /* storage will call back with it */
	struct task drain;
	struct timer timer;       /* idle, or the next attempt to load */
	struct log_ctx log;
	char *modules;            /* their state, sm/modules.h */
	struct list_node in_leaving; /* sm->leaving: GONE, and somebody has the pointer still */
};

/* Something that waits for its user: `run` is called exactly once, with the user READY or ABSENT, or refused. */
struct input {
	struct list_node node;
	void (*run)(struct sm_user *user, struct input *in);   /* and frees it with input_free */
	void (*refuse)(struct sm_user *user, struct input *in, enum storage_result r); /* likewise; the user could not be loaded */
	struct duty *duty;       /* a reference; may be null */
	struct chunk *bytes;     /* a reference; may be null */
	uint64_t session;        /* serial of the session it came from; 0: it came for the account */
	bool patient;            /* a re-open: loading is tried again rather than refused */
	char sid[SID_LEN + 1], from[72]; /* of an <open/>, */
	uint64_t number, accepted;       /* and which it is; see struct sm_session */
	void *own;               /* malloced, of whoever made it; freed with it */
};
struct input *input_new(struct str bytes, struct duty *duty);
void input_free(struct input **in);

/* The user in memory in whatever state, or null. */
struct sm_user *user_find(const struct sm *sm, struct str bare);
/* The same; begins to load when it is not there. */
struct sm_user *user_get(struct sm *sm, struct str bare);
/* The same for a guest (sm/anonymous.h): there is nothing to load. */
struct sm_user *user_get_anonymous(struct sm *sm, struct str bare);
/* One that was looked for in the database, in vain, before its guest's session came from another sm. */
void user_become_anonymous(struct sm_user *user);
/* Whether input may be handled now; otherwise it must be queued. */
bool user_open(const struct sm_user *user);
/*
 * Takes `in`: runs it now or queues it. Over the bound for what is not from a session it is refused with TEMPORARY; when the
 * user is given up meanwhile with FENCED, when the account is deleted with NOT_FOUND.
 */
void user_input(struct sm_user *user, struct input *in);
/*
 * Forgets what waits and says the same for the same sid: c2s asks again while the user cannot be loaded. False when what waits
 * has a higher number: then the other one has been long on its way.
 */
bool user_supersede(struct sm_user *user, const struct input *other) MUST_CHECK;

/*
 * While held, everything for this user (from its sessions and to it) waits.
 * The stanza that is being handled when it is held counts as dealt with only
 * when the last hold is gone.
 */
void user_hold(struct sm_user *user);
void user_release(struct sm_user *user);

/* Something has finished: perhaps the user can be forgotten after a while. */
void user_maybe_idle(struct sm_user *user);
/* The slot went to another sm: sessions are told to re-open there, nothing is said to contacts; those that are away wait in
 * the database for the next owner. */
void user_give_up(struct sm_user *user);
/* The account is deleted: sessions end, memory is freed at the end of the turn. */
void user_delete(struct sm_user *user);
void users_free(struct sm *sm); /* at stop */

/* The session bound to the resource; null when there is none. */
struct sm_session *user_session(const struct sm_user *user, struct str resource);
