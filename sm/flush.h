/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct flush, for those who fill it: sm/offline.c (what nobody has got) and
 * sm/catch_up.c (what this session has not got, whoever else has). Everybody
 * else uses sm/offline.h.
 *
 * One per session at most. It reads a page, or looks at what is in memory,
 * and sends as long as the session has room; when its client has taken
 * something it goes on. Live messages wait behind it, so that they come last.
 */
#pragma once

#include "common/list.h"
#include "common/loop.h"
#include "sm/mailbox.h"
#include "sm/sm.h"

struct flush;
struct sm_session;
struct sm_user;

struct flush_kind {
	bool again;   /* what others have is for it, too: copies are made anew (struct ev_deliver) */
	bool missed;  /* only what would have come to it when it was there */
	/* There is room, or the session is away, and nothing is being read: reads, sends, or finishes. */
	void (*step)(struct flush *f);
	void (*take)(struct flush *f, const struct log_entry *rows, size_t count); /* a page that was asked for */
	/* The session goes away: null, it stops, and goes on when the session is back. */
	void (*park)(struct flush *f);
	int64_t (*upto)(const struct flush *f); /* id of the log: the session has been given all that it was to get up to there */
	void (*forget)(struct sm_user *user); /* it is over, or given up; may be null */
};

enum { FLUSH_PAGE = 50 };

struct flush {
	const struct flush_kind *kind;
	struct sm *sm;
	struct loose loose;         /* while aborted and reading */
	struct sm_session *session; /* null: aborted, waits for storage's answer only */
	struct timer retry;         /* after storage could not read */
	bool reading;               /* a page has been asked for */
	bool passed_over;           /* it has left out something for another session */
	unsigned page;              /* of so many rows: fewer when they are large and the client is slow */
	struct list waiting;        /* struct waiter */
	size_t waiting_bytes;
	int64_t after;              /* id of the last one that it has been given, in order; 0: none, or it is not counted */
	/* of sm/catch_up.c */
	int64_t until;              /* id of the last one before the live messages */
	int64_t reread;             /* up to this id it is known that what is in memory without its text is not in the log either */
	bool straight, read_all;    /* the page is what comes behind `after`; and nothing more was there */
};

/* It begins with the next flush_go_on. */
struct flush *flush_new(struct sm_session *s, const struct flush_kind *kind);
bool flush_has_room(const struct flush *f);
/* One from the log, to the session. What is no stanza is logged and, unless somebody has it, done with: nothing can be done for it. */
void flush_send(struct flush *f, struct entry *e, struct str bytes);
storage_log_cb flush_on_page; /* for `take`, with f as argument; f->reading has been set */
void flush_retry(struct flush *f); /* a step in a while */
/* Live ones, as far as there is room. True: that was all. */
bool flush_send_waiting(struct flush *f);
void flush_finish(struct flush *f); /* all is sent; f is freed */
/* The session is away: what it has not been given is in the log, and so is what follows. f is freed. */
void flush_leave_to_the_log(struct flush *f);
