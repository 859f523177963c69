/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage for sm: real sm on a real SQLite database in a temporary directory,
 * on a bus that is this file's own (it stands in for xmpp/component.c): frames
 * go through the real envelope, members come and go when told, and what is
 * sent to instances that are no sm (c2s-1, ctl-1...) is kept for the test.
 */
#pragma once

#include "sm/sm.h"
#include "xmpp/session.h"

struct stage;

/* `more`: further configuration, or null. There is no archive unless it has a section mod_archive. Accounts: romeo, juliet and nurse at example.org, tybalt at example.net. */
struct stage *stage_new(const char *more);
/* The same under a clock of its own (common/loop.h): frames and the database take as long as the dice say. */
struct stage *stage_new_played(const char *more, unsigned (*below)(unsigned n));
void stage_free(struct stage **st);
struct loop *stage_loop(struct stage *st);

/* An sm under this name; returns when it has claimed its slots. */
struct sm *stage_sm(struct stage *st, const char *name);
struct sm *stage_sm_unclaimed(struct stage *st, const char *name); /* the same without waiting */
void stage_kill(struct stage *st, const char *name);               /* at once, nothing is finished */
void stage_join(struct stage *st, const char *name, const char *role); /* one that is no sm */
void stage_come(struct stage *st, const char *name, const char *role); /* an instance that is no sm; external: chat.example.org */
void stage_leave(struct stage *st, const char *name);                  /* it is gone */
/* An sm leaves in good order: `gone` is called when it has left the bus, and its process has ended. */
void stage_drain(struct stage *st, const char *name, void (*gone)(const char *name));
void stage_draining(struct stage *st, const char *name);
void stage_offline(struct stage *st, bool offline);                /* no router */
void stage_lost(struct stage *st, const char *name);               /* frames may be lost; null: to and from anybody */
struct sm *stage_owner(struct stage *st, const char *bare);

/* ---- what instances say; payload is XML ---- */
void stage_send(struct stage *st, const struct frame *f);
void stage_to_owner(struct stage *st, const char *from, const char *bare, const char *sid, const char *payload);
/* c2s-1 opens a session and waits for the answer. sid: 22 letters. */
void stage_open(struct stage *st, const char *sid, const char *bare, const char *resource);
void stage_open_guest(struct stage *st, const char *sid, const char *bare, const char *resource); /* by ANONYMOUS */
/* The next stanza of a session. */
void stage_say(struct stage *st, const char *sid, const char *payload);
void stage_say_seq(struct stage *st, const char *sid, uint64_t seq, uint64_t ack, const char *payload);
void stage_ack(struct stage *st, const char *sid, uint64_t ack); /* 0: all that it has got */
void stage_available(struct stage *st, const char *sid, int priority); /* and waits until it is handled */
void stage_forget_numbers(struct stage *st, const char *sid);     /* c2s starts to count anew */

/* ---- what instances hear ---- */
struct got {
	struct list_node node;
	char *to, *sid, *rid, *payload, *reason;
	uint64_t seq, ack;
	bool bounce;
};
/*
 * Runs the loop until there is a frame to `to` (null: any; or a sid) whose payload contains `text`; takes it. Good until the next
 * stage_free. Fails the test after 20 s.
 */
struct got *stage_expect(struct stage *st, const char *who, const char *text);
/* The next one for this sid, whatever it is (acknowledgements left out). */
struct got *stage_next(struct stage *st, const char *sid);
/* All that happens because of what was said so far has happened: a ping of this session comes back. Nothing else must be there. */
void stage_quiet(struct stage *st, const char *sid);
void stage_settle(struct stage *st, const char *sid); /* the same, but leaves what is there */
size_t stage_count(struct stage *st, const char *sid, const char *text); /* of those that wait to be taken */
/* What an operator looks at before he goes on (doc/upgrade.md): of all sm here; nobody of an earlier test is left in it. */
void stage_expect_away(unsigned count);
/* Waits until the session's client has been acknowledged this number. */
void stage_acked(struct stage *st, const char *sid, uint64_t number);
uint64_t stage_ack_of(struct stage *st, const char *sid);
uint64_t stage_said(struct stage *st, const char *sid); /* highest number used */
void stage_until(struct stage *st, bool (*cond)(void *arg), void *arg);
/* The same; calls `late` before the test fails. */
void stage_until_or(struct stage *st, bool (*cond)(void *arg), void *arg, void (*late)(void *arg), void *late_arg);
long stage_sql(struct stage *st, const char *sql); /* one number, behind the storage's back */

/* For tests that play c2s themselves: hears everything in place of the inbox. */
void stage_listen(struct stage *st, void (*hear)(void *arg, const struct frame *f, bool bounce), void *arg);
void stage_run(struct stage *st, unsigned ms);                     /* lets time pass */
void stage_router_dies(struct stage *st);                          /* what is under way is lost; then stage_offline(st, false) */
/* As stage_kill, and its last words are lost, as many as `keep` leaves (counted from the oldest). */
void stage_kill_losing(struct stage *st, const char *name, unsigned keep);
bool stage_up(struct stage *st, const char *name);

/* ---- storage that misbehaves ---- */
enum trouble { TROUBLE_NONE, TROUBLE_LATE, TROUBLE_TEMPORARY, TROUBLE_FENCED };
void stage_trouble_append(enum trouble t); /* LATE: kept until TROUBLE_NONE is set again */
void stage_trouble_load(enum trouble t);
void stage_trouble_roster(enum trouble t);
void stage_trouble_privacy(enum trouble t);
