/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct sm_session: what is said in both directions, numbers and
 * acknowledgements, and the end of a session. How it begins stands in
 * sm/session_open.c.
 */
#include "sm/session.h"

#include "common/metric.h"
#include "sm/bus.h"
#include "sm/dispatch.h"
#include "sm/duty.h"
#include "sm/event.h"
#include "sm/local.h"
#include "sm/offline.h"
#include "sm/presence.h"
#include "sm/sm.h"

#include <stdlib.h>

enum {
	ACK_DELAY_MS = 100, /* doc/protocol.md section 4 */
	ACK_STANZAS = 64,
	PROBE_MS = 5000,
	PACED_STANZAS = 200, /* on their way at once, of what can be paced: c2s acknowledges each 64; */
	PACED_BYTES = 256 * 1024, /* and it queues only so much for a slow client */
};

static struct metric ended = {
	.name = "xmpp_sessions_ended_total", .help = "Sessions that ended here.", .kind = METRIC_COUNTER};
static struct metric repeated = {
	.name = "xmpp_session_repeats_total", .help = "Stanzas sent to c2s again.", .kind = METRIC_COUNTER};
static struct metric duplicates = {
	.name = "xmpp_session_duplicates_total", .help = "Stanzas from c2s that had been seen.", .kind = METRIC_COUNTER};
static struct metric gaps = {
	.name = "xmpp_session_gaps_total", .help = "Missing numbers in what c2s sent.", .kind = METRIC_COUNTER};

struct sent { /* a stanza that c2s has not acknowledged */
	struct list_node node;
	uint64_t seq;
	struct chunk *bytes;
	struct entry *entry; /* of the log; may be null */
};

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

/* ---- to the client ---- */

static void
acks_remove(struct sm_session *s)
{
	if (list_linked(&s->sm->acks_due, &s->in_acks))
		list_remove(&s->sm->acks_due, &s->in_acks);
}

static void
sent_transmit(struct sm_session *s, const struct sent *t)
{
	struct frame f = {
		.kind = FRAME_ROUTE,
		.to = str_z(s->c2s),
		.sid = str_z(s->sid),
		.seq = t->seq,
		.ack = s->in.done,
		.rid = t->entry && t->entry->rid[0] ? str_z(t->entry->rid) : STR_NONE,
		.payload = chunk_str(t->bytes),
	};

	s->ack_sent = s->in.done;
	acks_remove(s);
	component_send(s->sm->bus, &f);
}

static size_t
sent_size(const struct sent *t)
{
	return sizeof(*t) + sizeof(*t->bytes) + t->bytes->n;
}

static void
on_probe(struct timer *t)
{
	struct sm_session *s = container_of(t, struct sm_session, probe);

	if (!s->unacked.len)
		return;
	metric_add(&repeated, 1);
	sent_transmit(s, list_entry(s->unacked.last, struct sent, node));
	timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
}

void
session_send_chunk(struct sm_session *s, struct chunk *c, struct entry *entry)
{
	struct sent *t;

	if (s->ending) {
		if (entry)
			entry_returned(entry);
		return;
	}
	t = xcalloc(1, sizeof(*t));
	t->seq = ++s->out_seq;
	t->bytes = chunk_ref(c);
	t->entry = entry;
	list_append(&s->unacked, &t->node);
	s->unacked_bytes += sent_size(t);
	sent_transmit(s, t);
	if (!timer_running(&s->probe))
		timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
	if (s->unacked.len > s->sm->set.unacked_stanzas || s->unacked_bytes > s->sm->set.unacked_bytes)
		session_end(s, STREAM_RESOURCE_CONSTRAINT, "Too much is waiting for the client");
}

void
session_send(struct sm_session *session, struct str canonical)
{
	struct chunk *c = chunk_new(canonical);

	session_send_chunk(session, c, NULL);
	chunk_unref(&c);
}

bool
session_has_room(const struct sm_session *s)
{
	const struct settings *set = &s->sm->set;

	return s->unacked.len < MIN(set->unacked_stanzas / 2, (size_t)PACED_STANZAS) &&
	       s->unacked_bytes < MIN(set->unacked_bytes / 2, (size_t)PACED_BYTES);
}

void
session_repeat(struct sm_session *s)
{
	metric_add(&repeated, (int64_t)s->unacked.len);
	list_each(&s->unacked, struct sent, t, node)
		sent_transmit(s, t);
}

void
session_renumber(struct sm_session *s, uint64_t in, uint64_t out)
{
	s->serial = ++s->sm->serial; /* what is at work for the old numbers finds nobody */
	ack_start(&s->in, in);
	s->ack_sent = in;
	s->gap = false;
	s->out_seq = out;
	list_each(&s->unacked, struct sent, t, node)
		t->seq = ++s->out_seq;
}

static struct sent *
unacked_shift(struct sm_session *s)
{
	struct sent *t = list_entry(list_shift(&s->unacked), struct sent, node);

	s->unacked_bytes -= sent_size(t);
	return t;
}

static void
sent_free(struct sent *t)
{
	chunk_unref(&t->bytes);
	free(t);
}

void
session_acked(struct sm_session *s, uint64_t number)
{
	bool any = false;

	if (number > s->out_seq) {
		log_warning(&s->log, "c2s acknowledges what was not sent ack=%llu sent=%llu", (unsigned long long)number,
			    (unsigned long long)s->out_seq);
		return;
	}
	while (s->unacked.len && list_entry(s->unacked.first, struct sent, node)->seq <= number) {
		struct sent *t = unacked_shift(s);

		if (t->entry)
			entry_delivered(t->entry);
		sent_free(t);
		any = true;
	}
	if (!any)
		return;
	if (s->unacked.len)
		timer_start(s->sm->loop, &s->probe, PROBE_MS, on_probe);
	else
		timer_stop(&s->probe);
	mailbox_settle(s->user);
	flush_go_on(s);
}

/* ---- from the client ---- */

static void
ack_send(struct sm_session *s)
{
	struct buf b = {0};

	acks_remove(s);
	s->ack_sent = s->in.done;
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
	if (s->in.done - s->ack_sent >= ACK_STANZAS)
		ack_send(s);
	else
		ack_soon(s);
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
		dispatch_stanza(s, &st, in->duty);
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
		dispatch_stanza(s, st, duty);
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

static void
session_word(struct sm_session *s, enum word word, const struct frame *f, const struct stanza *p)
{
	struct str reason;

	if (word != WORD_CLOSE || !about_last_ask(s, f->rid))
		return; /* an <ack/> has done its work by its envelope; others are for others */
	if (word_read_close(p, &reason) < 0)
		reason = STR("unknown");
	if (str_is(reason, "stray")) {
		user_input(s->user, session_input(s, input_stray, STR_NONE, NULL));
		return;
	}
	log_info(&s->log, "client closed reason=%s", log_quote(reason));
	user_input(s->user, session_input(s, input_close, STR_NONE, NULL));
}

void
session_frame(struct sm *sm, const struct frame *f, const struct stanza *p)
{
	struct sm_session *s = session_find(sm, f->sid);
	enum word word = word_of(p);

	if (!s || !str_is(f->from, s->c2s)) {
		/* Nobody's, or its client has moved to another c2s: only who wants to speak is told. */
		if (word == WORD_NONE && !s)
			session_unknown(sm, f->from, f->sid, 0);
		return;
	}
	if (s->ending)
		return;
	if (f->ack)
		session_acked(s, f->ack);
	if (word != WORD_NONE)
		session_word(s, word, f, p);
	else if (f->seq)
		session_stanza(s, f, p);
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

/* What the client never got: messages go back to the log, requests are answered in its place (RFC 6121 8.5.3.2.3). */
static void
unacked_return(struct sm_session *s, bool answer)
{
	struct arena *a = sm_arena(s->sm);

	while (s->unacked.len) {
		struct sent *t = unacked_shift(s);
		struct stanza st;

		if (t->entry)
			entry_returned(t->entry);
		else if (answer && stanza_parse(&st, a, chunk_str(t->bytes), NULL) == 0 && st.kind == STANZA_IQ &&
			 (st.type == TYPE_GET || st.type == TYPE_SET))
			reply_error(s->sm, &st, STANZA_ERR_SERVICE_UNAVAILABLE, NULL);
		sent_free(t);
	}
	sm_arena_end(s->sm);
}

static void
session_release(void *p)
{
	struct sm_session *s = p;

	ack_done(&s->in);
	chunk_unref(&s->presence);
	free(s->full);
	free(s->end_text);
	free(s->address);
	free(s->secure);
	free(s->mechanism);
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
	if (!quiet && s->end_condition != STREAM_OK)
		end_tell_client(s);
	task_cancel(&s->end_task);
	timer_stop(&s->probe);
	acks_remove(s);
	flush_abort(s);
	if (quiet)
		presence_session_forget(s);
	else
		presence_session_gone(sm, s);
	if (!sm->stopping)
		event_tell(session_gone, sm, (&(struct ev_session){s}));
	list_remove(&user->sessions, &s->in_user);
	map_take(&sm->sessions, str_z(s->sid));
	unacked_return(s, !quiet);
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
	size_t it = 0;

	while ((s = map_next(&sm->sessions, &it)))
		if (str_is(c2s, s->c2s))
			session_end(s, STREAM_OK, NULL);
}

void
sessions_repeat(struct sm *sm, struct str c2s)
{
	struct sm_session *s;
	size_t it = 0;

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
