/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct manage: stream management (XEP-0198) of a session, as far as sm knows
 * it: how the client counts, and that it may be away for a while. c2s speaks
 * XEP-0198 with the client (c2s/manage.h); what the client has not
 * acknowledged is in the session (sm/outbound.h), so it resumes on any c2s.
 *
 * While it is away everybody sees the session as it was. What is for it waits,
 * bounded; messages are in the log too, so that nothing is lost when it does
 * not come back.
 */
#pragma once

#include "common/loop.h"
#include "sm/away.h"
#include "sm/session.h"

struct away_head;
struct had;
struct input;

struct manage {
	char id[SID_LEN + 1]; /* SM-ID */
	uint64_t in_base;     /* the client's n-th stanza has the number in_base + n */
	uint64_t count;       /* stanzas that have been sent to it, */
	uint64_t acked;       /* of which it has acknowledged so many at least; UINT64_MAX: all that are not on the list (sm/outbound.h) */
	uint64_t brought;     /* count, when its c2s brought it here */
	struct had *had;      /* names of messages that it has; may be null (sm/had.h) */
	bool surpassed;       /* its client has got more than it was sent as far as is known here, and so counts otherwise: */
	uint64_t surpassing;  /* it asked with this h, which is refused however much it is sent from now on */
	bool lacks;           /* it has not got something that a former owner had sent it, and that nobody has any more */
	uint64_t max;         /* seconds that it may be away; 0: it cannot resume */
	uint64_t gen;         /* when it was resumed last (ms since 1970): more than ever before; 0: never */
	char asker[SID_LEN + 1]; /* the last time under this sid; "": never here */
	bool away;            /* no c2s has it, */
	uint64_t since;       /* since then (ms), */
	uint64_t over;        /* until then (ms): it ends; */
	bool behind;          /* it is not given what comes: that is in the log, and it gets it when it is back; */
	int64_t upto;         /* id of the log: it has, or has waiting, all up to there (when it is behind, or restored) */
	bool restored;        /* as the database had it, */
	bool given;           /* and its client may have been back: only who asked then, or has it, knows how far it is */
	struct timer timer;   /* ends its time */
	struct input *asking; /* a <resume/> that waits until all that was said before is dealt with; may be null */
	struct timer patience; /* for how long */
	struct stored stored; /* in the database */
	struct {              /* a resumption that is not in the database yet */
		bool waits;
		char c2s[72], former[72]; /* of who asks; that has it until then, "": none */
		uint64_t number;
	} resuming;
	struct sm_session *session;
};

/* Numbered words: <enable/> with its number, <echo/>. */
void manage_enable(struct sm_session *s, const struct stanza *p, uint64_t seq);
void manage_echo(struct sm_session *s, const struct stanza *p);
/* As the database has it: it is away. */
void manage_restore(struct sm_session *s, const struct away_head *h);
/* As <open/> tells a new owner. No-op without an SM-ID in it. */
void manage_reopened(struct sm_session *s, const struct word_open *w);
struct word_manage manage_word(const struct sm_session *s);
void manage_free(struct sm_session *s);

bool session_away(const struct sm_session *s);
/* Its c2s is gone, or has lost the client: it waits, or ends when it cannot resume. */
void session_lost(struct sm_session *s);
/* The same for one that can resume, without that end: somebody else comes for it. */
void session_park(struct sm_session *s);
/* It is away, and more than it may keep has come: from now on it is the log that keeps it. */
void manage_fall_behind(struct sm_session *s, int64_t upto);
bool manage_is_behind(const struct sm_session *s);
bool manage_has_room(const struct sm_session *s); /* it may keep more */
/* A c2s has it. What it fell behind with is to be caught up (catch_up_missed in sm/offline.h). */
void session_back(struct sm_session *s, const char *c2s);
/* The stream that has it still, on `former`, unless it is on the newcomer's c2s, which ends it itself. */
void manage_put_out(const struct sm_session *s, const char *former, const char *newcomer);
/* The c2s that has it: also while a resumption is not in the database yet. Null: none. */
const char *manage_c2s(const struct sm_session *s);
/* Whether an <open/> does not know of the last resumption: then it comes from a former c2s. */
bool manage_is_former(const struct sm_session *s, const struct word_manage *w);
/* Whether it knows of a later one: it was resumed at another owner, and who brought it here first is a former c2s. */
bool manage_is_later(const struct sm_session *s, const struct word_manage *w);

/* Its resumption is in the database, with all of it: who asked is answered. */
void resume_written(struct sm_session *s);
/* The session ends before that. elsewhere: who asked may find it there. */
void resume_in_vain(struct sm_session *s, bool elsewhere);
/* A client that has logged in asks for its session. */
void session_resume_word(struct sm *sm, const struct frame *f, const struct stanza *p);
/* All that the client has said is dealt with: somebody who asks for its session may have waited for it. */
void resume_dealt(struct sm_session *s);
void resume_forget(struct manage *m); /* the session ends: c2s asks again, and is told so */
