/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sm_session: what is said in both directions, numbers and
 * acknowledgements, and the end of a session. How it begins stands in
 * sm/session_open.c.
 */
#include "sm/session.h"

#include "common/metric.h"
#include "sm/bus.h"
#include "sm/deliver.h"
#include "sm/dispatch.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/limits.h"
#include "sm/local.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/presence.h"
#include "sm/sm.h"

#include <stdlib.h>

enum {
	ACK_DELAY_MS = 10, /* doc/protocol.md section 4 */
	ACK_STANZAS = 64,
};

static struct metric ended = {
	.name = "xmpp_sessions_ended_total", .help = "Sessions that ended here.", .kind = METRIC_COUNTER};
static struct metric duplicates = {
	.name = "xmpp_session_duplicates_total", .help = "Stanzas from c2s that had been seen.", .kind = METRIC_COUNTER};
static struct metric gaps = {
	.name = "xmpp_session_gaps_total", .help = "Missing numbers in what c2s sent.", .kind = METRIC_COUNTER};

static struct metric unknown_words = {
	.name = "xmpp_unknown_words_total", .help = "Words from the bus that mean nothing to us.", .kind = METRIC_COUNTER};

/* ---- finding ---- */

struct sm_session *
session_find(const struct sm *sm, struct str sid)
{
	return map_find(&sm->sessions, sid);
}

struct sm_session *
session_find_serial(const struct sm *sm, struct str sid, uint64_t serial)
{
	struct sm_session *s = session_find(sm, sid);

	return s && s->serial == serial ? s : NULL;
}

struct sm_session *
session_find_jid(const struct sm *sm, const struct jid *full)
{
	struct sm_user *user = full->resource.p ? user_find(sm, full->bare) : NULL;

	return user ? user_session(user, full->resource) : NULL;
}

/* ---- from the client ---- */

void
session_ack_told(struct sm_session *s)
{
	s->ack_sent = s->in.done;
	if (list_linked(&s->sm->acks_due, &s->in_acks))
		list_remove(&s->sm->acks_due, &s->in_acks);
}

static void
ack_send(struct sm_session *s)
{
	struct buf b = {0};

	session_ack_told(s);
	word_write_ack(&b);
	bus_send_word(s->sm, str_z(s->c2s), str_z(s->sid), s->in.done, buf_str(&b));
	buf_done(&b);
}

void
sessions_ack_tick(struct timer *t)
{
	struct sm *sm = container_of(t, struct sm, ack_timer);

	list_each(&sm->acks_due, struct sm_session, s, in_acks)
		ack_send(s);
}

static void
ack_soon(struct sm_session *s)
{
	struct sm *sm = s->sm;

	if (!list_linked(&sm->acks_due, &s->in_acks))
		list_append(&sm->acks_due, &s->in_acks);
	if (!timer_running(&sm->ack_timer))
		timer_start(sm->loop, &sm->ack_timer, ACK_DELAY_MS, sessions_ack_tick);
}

void
session_dealt(struct sm_session *s, uint64_t seq)
{
	if (!ack_finish(&s->in, seq) || s->ending)
		return;
	resume_dealt(s);
	away_added(s);
	if (s->in.done - s->ack_sent >= ACK_STANZAS)
		ack_send(s);
	else
		ack_soon(s);
}

/* What has a number: a stanza, or a word that must not be lost. */
static void
handle_numbered(struct sm_session *s, const struct stanza *st, struct duty *duty)
{
	switch (word_of(st)) {
	case WORD_NONE:
		dispatch_stanza(s, st, duty);
		break;
	case WORD_ENABLE:
		manage_enable(s, st, duty->seq);
		break;
	case WORD_ECHO:
		manage_echo(s, st);
		break;
	default: /* doc/protocol.md section 7: it counts as dealt with */
		metric_add(&unknown_words, 1);
		break;
	}
}

/* Something waited for the user. The session may have ended meanwhile: then c2s repeats it to the next. */
static void
input_stanza(struct sm_user *user, struct input *in)
{
	struct sm *sm = user->sm;
	struct sm_session *s = session_find_serial(sm, str_z(in->sid), in->session);
	struct arena *a = sm_arena(sm);
	struct stanza st;

	if (s && !s->ending && stanza_parse(&st, a, chunk_str(in->bytes), NULL) == 0)
		handle_numbered(s, &st, in->duty);
	sm_arena_end(sm);
	input_free(&in);
}

static void
input_close(struct sm_user *user, struct input *in)
{
	struct sm_session *s = session_find_serial(user->sm, str_z(in->sid), in->session);

	if (s)
		session_finish(s, false);
	input_free(&in);
}

/* By the client itself, in good order. */
static void
input_closed(struct sm_user *user, struct input *in)
{
	struct sm_session *s = session_find_serial(user->sm, str_z(in->sid), in->session);

	if (s)
		resend_closed(s);
	input_close(user, in);
}

/* c2s has found its session elsewhere: contacts hear nothing, what was not delivered goes on. */
static void
input_stray(struct sm_user *user, struct input *in)
{
	struct sm_session *s = session_find_serial(user->sm, str_z(in->sid), in->session);

	if (s) {
		session_finish(s, true);
		mailbox_settle(user);
		offline_elsewhere(user);
	}
	input_free(&in);
}

static void
input_drop(struct sm_user *user, struct input *in, enum storage_result r)
{
	(void)user;
	(void)r;
	input_free(&in);
}

static struct input *
session_input(struct sm_session *s, void (*run)(struct sm_user *user, struct input *in), struct str bytes,
	      struct duty *duty)
{
	struct input *in = input_new(bytes, duty);

	in->run = run;
	in->refuse = input_drop;
	in->session = s->serial;
	memcpy(in->sid, s->sid, sizeof(in->sid));
	return in;
}

static void
stanza_taken(struct sm_session *s, uint64_t seq, const struct stanza *st)
{
	struct duty *duty = duty_new_session(s, seq);

	s->gap = false;
	if (user_open(s->user))
		handle_numbered(s, st, duty);
	else
		user_input(s->user, session_input(s, input_stanza, st->bytes, duty));
	duty_unref(&duty);
}

static void
session_stanza(struct sm_session *s, const struct frame *f, const struct stanza *st)
{
	switch (ack_take(&s->in, f->seq)) {
	case ACK_NEXT:
		stanza_taken(s, f->seq, st);
		break;
	case ACK_SEEN:
		metric_add(&duplicates, 1);
		ack_soon(s);
		break;
	case ACK_GAP:
		if (!s->gap) {
			metric_add(&gaps, 1);
			session_unknown(s->sm, str_z(s->c2s), str_z(s->sid), s->in.done);
		}
		s->gap = true;
		break;
	case ACK_FULL:
		session_end(s, STREAM_POLICY_VIOLATION, "Too many stanzas at once");
		break;
	}
}

static bool
about_last_ask(const struct sm_session *s, struct str rid)
{
	uint64_t number;

	return !rid.n || (str_to_u64(rid, &number) == 0 && number == s->asked);
}

/* XEP-0198 "Stream Closure": one that the client did not close itself goes on for a while. */
static bool
may_come_back(struct str reason)
{
	return str_is(reason, "lost") || str_is(reason, "shutdown");
}

static void
session_closed(struct sm_session *s, const struct frame *f, const struct stanza *p)
{
	struct str reason;

	if (!about_last_ask(s, f->rid))
		return;
	if (word_read_close(p, &reason) < 0)
		reason = STR("unknown");
	if (str_is(reason, "stray")) {
		user_input(s->user, session_input(s, input_stray, STR_NONE, NULL));
		return;
	}
	log_info(&s->log, "client closed reason=%s", log_quote(reason));
	if (may_come_back(reason) && s->manage && s->manage->max)
		session_lost(s);
	else
		user_input(s->user, session_input(s, str_is(reason, "closed") ? input_closed : input_close, STR_NONE, NULL));
}

static void
session_word(struct sm_session *s, enum word word, const struct frame *f, const struct stanza *p)
{
	uint64_t seq, count;

	if (word == WORD_CLOSE)
		session_closed(s, f, p);
	else if (word == WORD_CLOSING)
		resend_closed(s);
	else if (word == WORD_HAD && word_read_had(p, &seq, &count) == 0)
		outbound_had(s, seq, count);
	else if (word == WORD_UNKNOWN)
		metric_add(&unknown_words, 1);
	/* An <ack/> has done its work by its envelope; others are for others. */
}

/* Its c2s says something about it: it is there, and means it. */
static void
confirmed(struct sm_session *s)
{
	s->unsure = false;
	if (s->manage)
		away_confirmed(s);
}

void
session_frame(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct sm_session *s = session_find(sm, f->sid);
	enum word word = word_of(p);

	if (!s || !str_is(f->from, s->c2s)) {
		/* Nobody's, or its client has moved to another c2s: only who wants to speak is told, or believes that it has it. */
		if (s ? session_away(s) && word != WORD_CLOSE : word == WORD_NONE)
			session_unknown(sm, f->from, f->sid, 0);
		return;
	}
	if (s->ending)
		return;
	if (word != WORD_CLOSE)
		confirmed(s);
	if (f->ack)
		session_acked(s, f->ack);
	if (f->seq)
		session_stanza(s, f, p);
	else if (word != WORD_NONE)
		session_word(s, word, f, p);
}

void
session_unknown(struct sm *sm, struct str c2s, struct str sid, uint64_t ack)
{
	struct buf b = {0};

	word_write_unknown(&b);
	bus_send_word(sm, c2s, sid, ack, buf_str(&b));
	buf_done(&b);
}

/* ---- the end ---- */

static void
on_end(struct task *t)
{
	session_finish(container_of(t, struct sm_session, end_task), false);
}

void
session_end(struct sm_session *s, enum stream_condition condition, const char *text)
{
	if (s->ending)
		return;
	s->ending = true;
	s->end_condition = condition;
	s->end_text = text ? xstrdup(text) : NULL;
	loop_defer(s->sm->loop, &s->end_task, on_end);
}

void
session_end_now(struct sm_session *s, enum stream_condition condition, const char *text)
{
	session_end(s, condition, text);
	session_finish(s, false);
}

static void
end_tell_client(struct sm_session *s)
{
	struct buf b = {0};

	word_write_end(&b, s->end_condition, s->end_text);
	bus_send_word(s->sm, str_z(s->c2s), str_z(s->sid), s->in.done, buf_str(&b));
	buf_done(&b);
}

/* Nobody else will ever see it: a request, or a message to a guest, which waits nowhere. */
static bool
is_missed(struct sm *sm, const struct stanza *st)
{
	const struct sm_user *user;

	if (st->kind == STANZA_IQ)
		return st->type == TYPE_GET || st->type == TYPE_SET;
	if (st->kind != STANZA_MESSAGE || !st->to.full.p || !stanza_durable(st) || !deliver_worth_storing(st))
		return false;
	user = user_find(sm, st->to.bare);
	return user && user->anonymous;
}

void
session_missed(struct sm *sm, struct str canonical)
{
	struct arena *a = sm_arena(sm);
	struct stanza st;

	if (stanza_parse(&st, a, canonical, NULL) == 0 && is_missed(sm, &st))
		reply_error(sm, &st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
	sm_arena_end(sm);
}

static void
session_release(void *p)
{
	struct sm_session *s = p;

	ack_done(&s->in);
	chunk_unref(&s->presence);
	chunk_unref(&s->keep);
	free(s->full);
	free(s->end_text);
	free(s->address);
	free(s->modules);
	free(s);
}

void
session_finish(struct sm_session *s, bool quiet)
{
	struct sm *sm = s->sm;
	struct sm_user *user = s->user;

	if (s->finished)
		return;
	s->ending = s->finished = true;
	if (!quiet && s->end_condition != STREAM_OK && !session_away(s))
		end_tell_client(s);
	task_cancel(&s->end_task);
	timer_stop(&s->probe);
	session_ack_told(s);
	flush_abort(s, !quiet);
	if (quiet)
		presence_session_forget(s);
	else
		presence_session_gone(sm, s);
	if (!sm->stopping)
		event_tell(session_gone, sm, (&(struct ev_session){s}));
	if (s->manage) {
		resume_in_vain(s, quiet);
		away_end(s, !quiet);
	}
	list_remove(&user->sessions, &s->in_user);
	map_take(&sm->sessions, str_z(s->sid));
	outbound_return(s, !quiet);
	manage_free(s);
	metric_add(&ended, 1);
	log_info(&s->log, "session ended%s%s", s->end_condition == STREAM_OK ? "" : " condition=",
		 s->end_condition == STREAM_OK ? "" : stream_condition_name(s->end_condition));
	loop_park(sm->loop, s, session_release);
	if (quiet)
		return;
	mailbox_settle(user);
	offline_elsewhere(user);
}

void
sessions_end_c2s(struct sm *sm, struct str c2s)
{
	struct sm_session *s;
	uint64_t it = 0;

	while ((s = map_next(&sm->sessions, &it)))
		if (str_is(c2s, s->c2s))
			session_lost(s);
}

void
sessions_repeat(struct sm *sm, struct str c2s)
{
	struct sm_session *s;
	uint64_t it = 0;

	while ((s = map_next(&sm->sessions, &it)))
		if (!c2s.p || str_is(c2s, s->c2s))
			session_repeat(s);
}

/* ---- what modules ask ---- */

const struct jid *
session_jid(const struct sm_session *session)
{
	return &session->jid;
}

struct sm_user *
session_user(const struct sm_session *session)
{
	return session->user;
}

bool
session_available(const struct sm_session *session)
{
	return session->available;
}

int
session_priority(const struct sm_session *session)
{
	return session->priority;
}

struct str
session_presence(const struct sm_session *session)
{
	return session->presence ? chunk_str(session->presence) : STR_NONE;
}

bool
user_anonymous(const struct sm_user *user)
{
	return user->anonymous;
}

const struct jid *
user_jid(const struct sm_user *user)
{
	return &user->jid;
}

struct sm_session *
user_next_session(const struct sm_user *user, const struct sm_session *after)
{
	struct list_node *n = after ? after->in_user.next : user->sessions.first;

	return n ? list_entry(n, struct sm_session, in_user) : NULL;
}
