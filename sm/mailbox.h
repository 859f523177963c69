/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct mailbox: a user's part of the message log as far as it is in memory:
 * entries that are not yet committed, that are on their way to sessions, or
 * that are delivered but wait for older ones before the cursor may pass.
 * Everything else behind the cursor is in the database only: the backlog.
 *
 * An entry is off the books when it is delivered (some session's c2s has
 * acknowledged it) and on its way to no other session: still queued for the
 * commit, it is withdrawn and costs the database nothing; otherwise the cursor
 * moves over it, or, when older messages stay behind the cursor, its row is
 * deleted. An entry that is committed and on its way to nobody leaves memory
 * and becomes backlog. A session that is away (sm/manage.h) keeps what it
 * lacks in memory, and the log does not wait for it.
 *
 * With an archive (sm/archive.h) a message that is delivered, and for which
 * storage has no room, waits for it, and who sent it waits for that. And
 * the row of a delivered entry stays: it is
 * never withdrawn, and where its row would be deleted it is marked
 * (LOG_STORE_ONLY). Then there are also entries of what the user has sent,
 * for the archive and for copies to other sessions. They count as delivered.
 * The cursor moves over them with the next message that is delivered, or by itself after so many: whoever only sends
 * would otherwise have all he ever sent behind it, to be looked through at each login.
 *
 * After a change of owner entries stay in memory for a while, even when their
 * rows are done with: sessions come back one by one, and each must find here
 * what it lacks (catch_up in sm/offline.h). When that is too much, texts stay in
 * the database, and their rows as they are, until all sessions are back.
 *
 * Not for: choosing sessions (sm/deliver.h), reading the backlog (sm/offline.h).
 */
#pragma once

#include "common/chunk.h"
#include "common/list.h"
#include "common/loop.h"
#include "sm/duty.h"
#include "storage/storage.h"
#include "xmpp/error.h"

struct flush;
struct sm;
struct sm_user;

enum { RID_MAX = 160 };

enum entry_state {
	ENTRY_QUEUED, /* in storage's queue, or its commit is under way, or it waits for room there */
	ENTRY_STORED, /* committed */
	ENTRY_CLEARED, /* delivered, and nothing of it is left in the log; sessions may still have it in flight */
	ENTRY_LOST,   /* could not be stored; its sender hears so unless it is delivered */
};

struct entry {
	struct list_node node;   /* mailbox->entries, by id */
	struct list_node in_sm;  /* sm->uncommitted, or sm->untaken, while QUEUED */
	struct sm *sm;
	struct sm_user *user;    /* null: it has left the mailbox, and waits for storage to let it go */
	int64_t id;
	uint64_t ticket;
	enum entry_state state;
	bool delivered;
	bool unwanted;           /* its row goes, archive or not */
	bool old;                /* others had it before this owner came: it is for those that were away only */
	unsigned flags;          /* enum log_flags */
	unsigned flying;         /* sessions that have been sent it and have not acknowledged it, */
	unsigned parked;         /* and sessions that are away and will get it */
	struct chunk *stanza;    /* as stored */
	bool untaken;            /* storage had no room for it, and is asked again */
	struct duty *duty;       /* until it is committed or delivered; may be null */
	struct duties joined;    /* of sessions that have said it again meanwhile */
	enum stanza_condition lost; /* why, when LOST */
	char rid[];              /* its name, "" when it has none */
};

struct mailbox {
	int64_t cursor;
	int64_t first;           /* the cursor when the user was loaded */
	int64_t last_id;
	unsigned passed_count;   /* entries that are only for the archive, over which the cursor could have moved and has not */
	struct list entries;
	size_t backlog;          /* rows behind the cursor that are not in `entries` */
	int64_t backlog_low;     /* none of them has a smaller id; INT64_MAX when there are none */
	struct flush *flush;     /* sm/offline.h; null: none under way */
	bool whole;              /* all that was behind the cursor has been read into memory, until the grace is over; */
	bool big;                /* or it was too much for that, and is read again for each session */
	bool unsettled;          /* it will be settled at the end of the turn */
	size_t whole_bytes;      /* of what was read */
	unsigned catchups;       /* sessions that are getting all that lies behind the cursor */
	uint64_t loaded;         /* when (ms) */
	struct timer grace;      /* runs while sessions may still come back from a former owner */
};

void mailbox_load(struct mailbox *m, const struct user_rows *rows, uint64_t now);
/* A session has come from a former owner, or the user himself: others may follow, for a while after mailbox_load. */
void mailbox_reopened(struct sm_user *user);
bool mailbox_awaits(const struct mailbox *m); /* they may still */

enum mailbox_end { /* what becomes of messages that are not in the log yet and that nobody has got */
	MAILBOX_PASS_ON, /* the next owner gets them, at once and in order; by their names it knows what it has already */
	MAILBOX_REFUSE,  /* their senders get an error: the account is gone */
	MAILBOX_FORGET,  /* the process ends: whoever sent them repeats them */
};
void mailbox_done(struct mailbox *m, enum mailbox_end end);
void mailbox_forget_uncommitted(struct sm *sm); /* at the end of the process */
/* Messages that nobody has got yet. */
size_t mailbox_waiting(const struct mailbox *m);
bool mailbox_busy(const struct mailbox *m);

/* A new entry, with an id, queued for the next commit. Takes a reference to the stanza, and one to the duty (may be null). */
struct entry *mailbox_append(struct sm_user *user, struct chunk *stanza, struct str peer, struct str rid, unsigned flags,
			     struct duty *duty);
/* One that the user has sent, if it is in memory. The duty waits for its commit, too. */
void mailbox_join(struct sm_user *user, struct str rid, struct duty *duty);
bool entry_archived(const struct entry *e);
/* The entry for a row that was read from the log; it is no backlog any more. keep: with the stanza. */
struct entry *mailbox_adopt(struct sm_user *user, const struct log_entry *row, bool keep);
/* The same for all sessions that may come back from a former owner: with the stanza, unless that is too much. */
struct entry *mailbox_adopt_for_all(struct sm_user *user, const struct log_entry *row);
/* The entry for a row that a session which was away at a former owner lacks; delivered to others or not, and there or not. */
struct entry *mailbox_restore(struct sm_user *user, const struct log_entry *row);
struct entry *mailbox_find(const struct mailbox *m, int64_t id);
/* Who comes from a former owner is given what has a higher id, and nothing else. */
int64_t mailbox_since(const struct mailbox *m);
/* Storage has no room for something up to this id, which will be in the log and is not yet. */
bool mailbox_takes_long(const struct mailbox *m, int64_t upto);

void entry_sent(struct entry *e);      /* it is on its way to one more session */
void entry_park(struct entry *e);      /* one of those is away */
void entry_unpark(struct entry *e);    /* and is back */
/*
 * A session's c2s has it / the session ended without having acknowledged it. After a bunch of them mailbox_settle moves the
 * cursor, and frees what nobody needs.
 */
void entry_delivered(struct entry *e);
void entry_unwanted(struct entry *e); /* delivered to nobody, and for no archive either; not in flight */
void entry_returned(struct entry *e);
/* Too much for memory: what is committed is to be had from the log. */
void mailbox_grow_big(struct sm_user *user);
/* A session has caught up, or will not. */
void mailbox_caught_up(struct sm_user *user);
/* Moves the cursor as far as it may go, lets go of what nobody needs in memory. */
void mailbox_settle(struct sm_user *user);
/* The same at the end of the turn, once for all that has come by then: a walk over all entries for each of them adds up. */
void mailbox_settle_soon(struct sm_user *user);
