/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <resume/>: a client that has logged in on some c2s asks for its session
 * (XEP-0198 "Resumption"; doc/protocol.md section 4, "Stream management").
 * Whoever had it is out: a stream that is still there ends with a conflict.
 *
 * The `h` of the answer is what is dealt with, and a client need not repeat
 * all that lies behind it (XEP-0198 "Resumption" says SHOULD): the next stanza
 * that it sends would have a number that we have seen. So the answer waits for
 * what is about to be dealt with, as long as the client may be expected to
 * wait for it.
 */
#include "common/intern.h"
#include "common/metric.h"
#include "sm/bus.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/had.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/presence.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PATIENCE_MS = 3000,
	REOPEN_MS = 3000, /* within so many c2s have opened most sessions at a new owner, */
	GIVEN_MS = 10000, /* and who has been given one that was away has opened it, or asked again */
};

static struct metric resumed = {
	.name = "xmpp_resumes_total", .labels = "result=\"ok\"", .help = "Attempts to resume a stream.", .kind = METRIC_COUNTER};
static struct metric failed = {.name = "xmpp_resumes_total", .labels = "result=\"failed\"", .kind = METRIC_COUNTER};

static struct sm_session *
find_by_id(const struct sm_user *user, struct str id)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (s->manage && s->manage->max && !s->ending && str_is(id, s->manage->id))
			return s;
	return NULL;
}

static void
refuse(struct sm *sm, const struct input *in, enum stanza_condition condition, const char *text)
{
	metric_add(&failed, 1);
	session_refuse(sm, in, condition, text);
}

/* From what the client has got on: all that waits has numbers behind that. */
static void
tell(struct sm_session *s, uint64_t number)
{
	struct word_resumed w = {
		.asked = str_z(s->manage->asker),
		.jid = s->jid.full,
		.in = MAX(s->in.done, s->manage->in_base), /* what came before <enable/> is in our hands */
		.out = s->out_seq - s->unacked.len,
		.interested = s->interested,
		.presence = s->presence ? chunk_str(s->presence) : STR_NONE,
		.manage = manage_word(s),
		.keep = s->keep ? chunk_str(s->keep) : STR_NONE,
	};
	struct buf b = {0}, had = {0};

	w.manage.count -= s->unacked.len;
	w.manage.acked = w.manage.count;
	had_tell(s, w.manage.count, &had);
	w.had = buf_str(&had);
	word_write_resumed(&b, &w);
	session_ack_told(s);
	session_answer(s->sm, s->c2s, s->sid, number, s->in.done, buf_str(&b));
	buf_done(&b);
	buf_done(&had);
}

static void
give(struct sm_session *s, const char *c2s, uint64_t number)
{
	session_back(s, c2s);
	s->asked = s->lineage = number;
	s->gap = false;
	tell(s, number);
	session_repeat(s);
	catch_up_missed(s);
}

/* Written before it is answered: whoever owns the account from now on knows that this one has it. */
static void
give_when_written(struct sm_session *s, const struct input *in)
{
	struct manage *m = s->manage;

	s->asked = s->lineage = m->resuming.number = in->number;
	memcpy(m->resuming.c2s, in->from, sizeof(m->resuming.c2s));
	m->resuming.waits = true;
	away_write(s);
}

/* c2s has not heard the answer to its question, and asks the same again: all is as it was told then. */
static void
tell_again(struct sm_session *s, const struct input *in)
{
	if (s->manage->resuming.waits) {
		s->manage->resuming.number = in->number;
	} else if (session_away(s)) {
		give_when_written(s, in);
	} else {
		give(s, in->from, in->number);
		offline_go_on(s->user);
	}
}

/* What came before <enable/>, and that itself, went with the connection if it is not here: nobody says it again. */
static void
forget_unmanaged(struct sm_session *s)
{
	if (s->in.seen < s->manage->in_base)
		ack_start(&s->in, s->manage->in_base);
}

static void
go_on(struct sm_session *s, const struct input *in, const struct word_resume *w)
{
	struct manage *m = s->manage;

	if ((m->surpassed && w->h == m->surpassing) || !outbound_covers(s, w->h)) { /* XEP-0198 "Error Handling" */
		m->surpassed = true;
		m->surpassing = w->h;
		refuse(s->sm, in, STANZA_ERR_UNDEFINED_CONDITION, "You acknowledged more stanzas than you were sent");
		return;
	}
	if (!m->resuming.waits)
		snprintf(m->resuming.former, sizeof(m->resuming.former), "%s", s->c2s); /* "" when it is away */
	if (!session_away(s))
		session_park(s);
	forget_unmanaged(s);
	outbound_resume(s, w->h);
	m->gen = MAX(m->gen + 1, (uint64_t)loop_wall_us(s->sm->loop) / 1000);
	memcpy(m->asker, in->sid, sizeof(m->asker));
	s->born = w->born;
	free(s->address);
	s->address = str_dup(w->address);
	s->secure = intern(w->secure);
	s->mechanism = intern(w->mechanism);
	mailbox_settle(s->user);
	give_when_written(s, in);
}

void
resume_written(struct sm_session *s)
{
	struct manage *m = s->manage;
	bool refresh = m->restored || m->lacks;

	if (!m->resuming.waits || s->ending)
		return;
	m->resuming.waits = m->lacks = false;
	manage_put_out(s, m->resuming.former, m->resuming.c2s);
	m->resuming.former[0] = '\0';
	give(s, m->resuming.c2s, m->resuming.number);
	metric_add(&resumed, 1);
	log_info(&s->log, "session resumed c2s=%s address=%s repeats=%zu", s->c2s, log_quote(str_z(s->address)), s->unacked.len);
	mailbox_settle(s->user);
	flush_go_on(s);
	deliver_offline(s);      /* what others have left while it was away, */
	offline_go_on(s->user);  /* and what was kept for it, if it is not for it now */
	if (refresh)
		presence_refresh(s);
	event_tell(session_room, s->sm, (&(struct ev_session){s}));
}

void
resume_in_vain(struct sm_session *s, bool elsewhere)
{
	struct manage *m = s->manage;

	if (!m->resuming.waits || s->sm->stopping)
		return;
	if (elsewhere) {
		session_ask_again(s->sm, m->resuming.c2s, m->asker, m->resuming.number);
	} else {
		struct input in = {.number = m->resuming.number};

		memcpy(in.sid, m->asker, sizeof(in.sid));
		memcpy(in.from, m->resuming.c2s, sizeof(in.from));
		refuse(s->sm, &in, STANZA_ERR_ITEM_NOT_FOUND, "Its time is over");
	}
	m->resuming.waits = false;
}

/* ---- who may have it ---- */

/* A c2s may be about to open it here: its former owner has just gone. */
static bool
may_come(const struct sm_user *user, struct str id)
{
	uint64_t age = slot_age(user->sm, user->slot);

	if (away_is_elsewhere(user, id))
		return true;
	return age < REOPEN_MS && slot_epoch(user->sm, user->slot) > 1;
}

static void
not_here(struct sm_user *user, const struct input *in, struct str id)
{
	if (user->state == USER_READY && !user->disabled && may_come(user, id))
		session_ask_again(user->sm, in->from, in->sid, in->number);
	else
		refuse(user->sm, in, STANZA_ERR_ITEM_NOT_FOUND, "There is no such session");
}

/* One that a former owner was giving to somebody when it died. */
static void
given_away(struct sm_session *s, const struct input *in)
{
	if (slot_age(s->sm, s->user->slot) < GIVEN_MS)
		session_ask_again(s->sm, in->from, in->sid, in->number);
	else
		refuse(s->sm, in, STANZA_ERR_ITEM_NOT_FOUND, "There is no such session");
}

/*
 * A connection that had it when it was opened here, or an earlier one of the client, asks for it: that was long on its way. What it says
 * of the client is no longer so, also when the later one has broken meanwhile.
 */
static bool
is_late(const struct sm_session *s, const struct input *in, const struct word_resume *w)
{
	return w->born && w->born <= s->born && strcmp(s->manage->asker, in->sid) != 0;
}

/* False: who asks has been answered. */
static bool
may_have(struct sm_session *s, const struct input *in, const struct word_resume *w)
{
	if (s->unsure)
		session_ask_again(s->sm, in->from, in->sid, in->number);
	else if (s->manage->given && strcmp(s->manage->asker, in->sid) != 0)
		given_away(s, in);
	else if (is_late(s, in, w))
		refuse(s->sm, in, STANZA_ERR_CONFLICT, "A later connection has resumed it");
	else
		return true;
	return false;
}

/* True: it is about somebody's session here. */
static bool
find_asked(struct sm_user *user, struct input *in, struct arena *a, struct word_resume *w_r, struct sm_session **s_r)
{
	struct sm *sm = user->sm;
	struct stanza p;

	if (stanza_parse(&p, a, chunk_str(in->bytes), NULL) < 0 || word_read_resume(&p, w_r) < 0) {
		refuse(sm, in, STANZA_ERR_BAD_REQUEST, NULL);
		return false;
	}
	*s_r = user->state == USER_READY && !user->disabled ? find_by_id(user, w_r->previd) : NULL;
	if (!*s_r)
		not_here(user, in, w_r->previd);
	return *s_r && may_have(*s_r, in, w_r);
}

static void
answer(struct sm_session *s, const struct input *in, const struct word_resume *w)
{
	if (strcmp(s->manage->asker, in->sid) != 0)
		go_on(s, in, w);
	else if (in->number > s->asked) /* or it was long on its way, and a later one has been answered */
		tell_again(s, in);
}

static void
input_resume_now(struct sm_user *user, struct input *in)
{
	struct arena *a = sm_arena(user->sm);
	struct sm_session *s;
	struct word_resume w;

	if (find_asked(user, in, a, &w, &s))
		answer(s, in, &w);
	sm_arena_end(user->sm);
	input_free(&in);
}

/* ---- waiting ---- */

static void
on_patience(struct timer *t)
{
	struct manage *m = container_of(t, struct manage, patience);
	struct input *in = m->asking;

	m->asking = NULL;
	in->run = input_resume_now;
	user_input(m->session->user, in);
}

void
resume_dealt(struct sm_session *s)
{
	if (s->manage && s->manage->asking && s->in.done == s->in.seen)
		timer_start(s->sm->loop, &s->manage->patience, 0, on_patience);
}

void
resume_forget(struct manage *m)
{
	timer_stop(&m->patience);
	input_free(&m->asking);
}

/* The last question counts. */
static void
wait_for_dealt(struct sm_session *s, struct input *in)
{
	struct input *other = s->manage->asking;

	if (other && strcmp(other->sid, in->sid) == 0 && other->number > in->number) {
		input_free(&in);
		return;
	}
	resume_forget(s->manage);
	s->manage->asking = in;
	timer_start(s->sm->loop, &s->manage->patience, PATIENCE_MS, on_patience);
}

static void
input_resume(struct sm_user *user, struct input *in)
{
	struct arena *a = sm_arena(user->sm);
	struct sm_session *s;
	struct word_resume w;

	if (!find_asked(user, in, a, &w, &s)) {
		input_free(&in);
	} else if (s->in.done < s->in.seen) {
		wait_for_dealt(s, in);
	} else {
		answer(s, in, &w);
		input_free(&in);
	}
	sm_arena_end(user->sm);
}

void
session_resume_word(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct word_resume w;

	if (word_read_resume(p, &w) < 0)
		log_warning(&sm->log, "bad <resume/> from=%s", log_quote(f->from));
	else
		session_ask_input(sm, f, p, w.user, w.host, input_resume);
}
