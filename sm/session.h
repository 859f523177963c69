/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sm_session: one bound resource of a user, as sm sees it. c2s makes
 * the sid and holds the socket; stanzas are numbered in both directions and
 * acknowledged cumulatively (doc/protocol.md section 4).
 *
 * Created by an <open/>, owned by its user, freed at the end of the turn in
 * which it ends (so it may be on the stack while it does).
 */
#pragma once

#include "common/chunk.h"
#include "common/limit.h"
#include "common/list.h"
#include "common/log.h"
#include "common/loop.h"
#include "sm/ack.h"
#include "sm/module.h"
#include "sm/user.h"
#include "xmpp/session.h"

struct away_head;
struct directed; /* sm/directed.h */
struct entry;
struct flush;
struct manage;
struct privacy_list;

struct sm_session {
	struct sm *sm;
	uint64_t serial;          /* never used twice in a process */
	char sid[SID_LEN + 1];
	struct sm_user *user;
	struct list_node in_user;
	char *full;
	struct jid jid;           /* full, into `full` */
	const char *c2s;          /* the instance that holds the client; "": none. Interned, as the next two */
	const char *secure, *mechanism;
	char *address;
	int64_t since;            /* microseconds since 1970 */
	uint64_t born;            /* the same, by the c2s of the client; 0: not told */
	/*
	 * <open/>s are numbered by c2s. The last one that was answered, and the one since which numbers of stanzas have gone on
	 * without a break: only what c2s says of numbers that it got since then is about ours.
	 */
	uint64_t asked, lineage;
	bool resumed;             /* it was open elsewhere before */
	bool unsure;              /* c2s has not confirmed yet that it meant to open it here now: the <open/> may have come late */

	/* presence; sm/presence.c writes them */
	bool available;
	bool interested;          /* has asked for the roster */
	int8_t priority;
	struct chunk *presence;   /* last broadcast, canonical, from the full JID, without to; null: none */
	struct directed *directed;
	struct limit presence_rate;
	struct timer presence_timer; /* runs while nothing may be broadcast: it has cost too much */
	bool shown;               /* others have seen that it is available; false for a while when that was broadcast too often */
	bool presence_due, probes_due; /* when the timer is over */

	/* from the client */
	struct ack in;
	uint64_t ack_sent;        /* last told to c2s */
	struct list_node in_acks; /* sm->acks_due */
	bool gap;                 /* a number is missing; c2s has been told */

	/* to the client */
	uint64_t out_seq;
	struct list unacked;      /* struct sent */
	size_t unacked_bytes;
	struct flush *flush;      /* offline messages are on their way to it; sm/offline.h */
	int64_t given;            /* highest id of a log entry that was sent to it; 0: none */
	bool caught_up;           /* what it missed with its former owner is under way to it, or it has it */
	struct timer probe;

	/* privacy lists; sm/privacy.c writes them */
	struct privacy_list *active; /* the user's; null: none is chosen */
	unsigned wishes;          /* enum privacy_wish */
	int64_t passed_over;      /* up to here in the log it has been offered all; some its active list did not let pass. 0: none */

	struct chunk *keep;       /* what c2s keeps for the next owner; null: nothing (sm/keep.h) */
	struct manage *manage;    /* XEP-0198; null: off (sm/manage.h) */
	bool closed;              /* by the client itself */
	bool ending, finished;    /* decided; happens at the end of the turn */
	enum stream_condition end_condition; /* told to the client; STREAM_OK: it is gone already */
	char *end_text;
	struct task end_task;
	struct log_ctx log;
	char *modules;            /* their state, sm/modules.h */
};

/* A frame with `sid` (or an <open/>) came. p is its parsed payload. */
void session_open_word(struct sm *sm, const struct frame *f, const struct stanza *p);
void session_frame(struct sm *sm, const struct frame *f, const struct stanza *p);

/* A question of c2s that makes or finds a session waits for its user: `run` is called then, unless it is refused. */
void session_ask_input(struct sm *sm, const struct frame *f, const struct stanza *p, struct str user, struct str host,
		       void (*run)(struct sm_user *user, struct input *in));
/* The answer <unknown/>: c2s asks again, whoever is the owner then. */
void session_ask_again(struct sm *sm, const char *c2s, const char *sid, uint64_t number);
/* One that was away at a former owner, as the database has it but for what waits for it. */
struct sm_session *session_restore(struct sm_user *user, struct str sid, const struct away_head *h);
/* The answer <refused/> to such a question. */
void session_refuse(struct sm *sm, const struct input *in, enum stanza_condition condition, const char *text);
/* An answer to question `number` (0: it had none). */
void session_answer(struct sm *sm, const char *c2s, const char *sid, uint64_t number, uint64_t ack, struct str word);

struct sm_session *session_find(const struct sm *sm, struct str sid);
struct sm_session *session_find_serial(const struct sm *sm, struct str sid, uint64_t serial);
struct sm_session *session_find_jid(const struct sm *sm, const struct jid *full); /* bound here; may be null */

/*
 * To the client; takes its own reference. entry: the log entry that is delivered by it (sm/mailbox.h), may be null; entry_sent
 * has been called for it. To a session that is ending nothing is sent.
 */
void session_send_chunk(struct sm_session *s, struct chunk *c, struct entry *entry);
/*
 * A stanza from somebody that is no message: not before the messages that came ahead of it (RFC 6120 10.1), should these
 * wait behind offline ones. Answers of the server's own have no need of it (session_send).
 */
void session_send_in_order(struct sm_session *s, struct str canonical);
/* Its client will never get this: a request is answered in its place (RFC 6121 8.5.3.2.3), a message to a guest refused. */
void session_missed(struct sm *sm, struct str canonical);
bool session_has_room(const struct sm_session *s); /* for what can be paced: its client takes what it gets */
void session_repeat(struct sm_session *s);         /* all that c2s has not acknowledged */
/* The same under new numbers, behind `out`; from the client it goes on behind `in`. Nothing of before counts any more. */
void session_renumber(struct sm_session *s, uint64_t in, uint64_t out);
/* The number of an <open/> in its rid "number.accepted"; absent when there is none. */
struct str ask_number(struct str rid);
/* c2s has all up to the number. */
void session_acked(struct sm_session *s, uint64_t number);
/* c2s knows what is dealt with. */
void session_ack_told(struct sm_session *s);
/* A stanza from the client is dealt with. */
void session_dealt(struct sm_session *s, uint64_t seq);

/* Decides that it ends, at the end of this turn. STREAM_OK: the client has gone, c2s is told nothing. */
void session_end(struct sm_session *s, enum stream_condition condition, const char *text);
/* The same, now: not for callers that walk over sessions or hold this one. */
void session_end_now(struct sm_session *s, enum stream_condition condition, const char *text);
/* Ends it now: contacts are told unless `quiet`. For user_give_up, and for session_end's task. */
void session_finish(struct sm_session *s, bool quiet);
/* Tells c2s to re-open elsewhere. */
void session_unknown(struct sm *sm, struct str c2s, struct str sid, uint64_t ack);

/* A c2s is gone from the bus: its sessions end, or wait to be resumed. */
void sessions_end_c2s(struct sm *sm, struct str c2s);
/* Frames may be lost on the way to a c2s (absent: any): repeats. */
void sessions_repeat(struct sm *sm, struct str c2s);
void sessions_ack_tick(struct timer *t);
