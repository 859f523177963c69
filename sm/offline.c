/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct flush: from the log to a session (sm/offline.h). Three stretches, in
 * this order: pages of the backlog from the database; what is in memory and
 * nobody has; live messages that queued up meanwhile. Each goes on only while
 * the session has room.
 */
#include "sm/offline.h"

#include "common/metric.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/limits.h"
#include "sm/local.h"
#include "sm/manage.h"
#include "sm/privacy.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/datetime.h"

#include <stdlib.h>

enum {
	PAGE = 50,
	RETRY_MS = 1000,
	WHOLE_BYTES = 1024 * 1024, /* that are read into memory for sessions which come back from a former owner */
};

static struct metric barred = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"blocked-since\"", .kind = METRIC_COUNTER};
static struct metric delivered = {
	.name = "xmpp_offline_messages_delivered_total", .help = "Messages sent to clients from the log.", .kind = METRIC_COUNTER};

struct waiter { /* a live message behind the flush, or what came behind one */
	struct list_node node;
	struct chunk *bytes;
	struct entry *entry;
};

struct flush {
	struct sm *sm;
	struct loose loose;         /* while aborted and reading */
	struct sm_session *session; /* null: aborted, waits for storage's answer only */
	struct timer retry;         /* after storage could not read */
	bool reading;               /* a page has been asked for, */
	bool catching_up;           /* see catch_up: */
	bool missed;                /* see offline_missed */
	int64_t after, until;       /* ids: the last one that it has been given, the last one before the live messages */
	bool straight, read_all;    /* the page is what comes behind `after`; and nothing more was there */
	bool passed_over;           /* it has left out something for another session */
	unsigned page;              /* of so many rows: fewer when they are large and the client is slow */
	struct list waiting;        /* struct waiter */
	size_t waiting_bytes;
};

static void flush_step(struct flush *f);

/* Nobody takes what is kept for one that is away; it gets as much as it may have. */
static bool
has_room(const struct flush *f)
{
	const struct sm_session *s = f->session;
	const struct settings *set = &s->sm->set;

	if (!session_away(s))
		return session_has_room(s);
	return s->unacked.len < set->unacked_stanzas / 2 && s->unacked_bytes < set->unacked_bytes / 2;
}

/* ---- sending ---- */

/* XEP-0203: when it was stored, said by the host. One that claims to be from us already is not. */
static struct chunk *
with_delay(const struct sm_session *s, const struct stanza *st, int64_t id)
{
	struct ev_edit edit = {0};
	struct buf stamp = {0}, b = {0};
	struct chunk *c;
	struct out o;

	for (const struct node *n = st->root->child; n && edit.drop_count < EV_DROP_MAX; n = n->next)
		if (node_is(n, "delay", NS_DELAY) && str_eq(node_attr(st->arena, n, "from"), s->jid.domain))
			edit.drop[edit.drop_count++] = n;
	datetime_print(&stamp, id);
	out_init(&o, &edit.append, NS_CLIENT);
	out_openz(&o, "delay", NS_DELAY);
	out_attrz(&o, "from", s->jid.domain);
	out_attrz(&o, "stamp", buf_str(&stamp));
	out_done(&o);
	ev_edit_write(&b, st, &edit);
	c = chunk_new(buf_str(&b));
	buf_done(&b);
	buf_done(&stamp);
	ev_edit_done(&edit);
	return c;
}

/*
 * XEP-0191 3.3: what somebody sent before he was blocked is not delivered either, and he hears nothing of it: an error now
 * would tell him when the user is there. What only the active list of this session bars may be for another session.
 */
static bool
is_barred(struct flush *f, struct entry *e, const struct stanza *st)
{
	struct sm_session *s = f->session;

	if (privacy_lets(s, &st->from, PRIVACY_MESSAGE))
		return false;
	if (privacy_lets_account(s->user, &st->from, PRIVACY_MESSAGE)) {
		f->passed_over = true;
		return true;
	}
	metric_add(&barred, 1);
	entry_unwanted(e);
	return true;
}

/* As the handlers want it. */
static const struct stanza *
as_handled(struct arena *a, const struct ev_deliver *ev)
{
	struct stanza *other;

	if (!ev->instead.p)
		return stanza_edited(a, ev->stanza, STR_NONE, STR_NONE, ev->edit);
	other = arena_zalloc(a, sizeof(*other));
	bug_if(stanza_parse(other, a, ev->instead, NULL) < 0);
	return other;
}

/* Whether a message would have come to this session, when it was there. */
static bool
is_for(const struct sm_session *s, const struct stanza *st)
{
	if (st->to.resource.p)
		return str_eq(st->to.resource, s->jid.resource);
	return s->available && s->priority >= 0;
}

static bool
is_copy_or_own(const struct flush *f, const struct ev_deliver *ev)
{
	if (ev->instead.p)
		return true;
	return !ev->outgoing && (!f->missed || is_for(f->session, ev->stanza));
}

/* False: what is in the log is no stanza. */
static bool
send_stored(struct flush *f, struct entry *e, struct str bytes)
{
	struct sm_session *s = f->session;
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct chunk *c;
	struct stanza st;
	bool good = stanza_parse(&st, a, bytes, NULL) == 0;

	if (good && !is_barred(f, e, &st)) {
		struct ev_deliver ev = {.session = s, .stanza = &st, .id = e->id, .archived = entry_archived(e),
					.outgoing = e->flags & LOG_OUTGOING, .edit = &edit, .again = f->catching_up};

		(void)event_message_deliver(sm, PHASE_CHECK, PHASE_FALLBACK, &ev);
		if (is_copy_or_own(f, &ev)) { /* what the user has sent himself is no message to him, only perhaps a copy */
			c = with_delay(s, as_handled(a, &ev), e->id);
			entry_sent(e);
			session_send_chunk(s, c, e);
			chunk_unref(&c);
			metric_add(&delivered, 1);
		}
	}
	ev_edit_done(&edit);
	sm_arena_end(sm);
	return good;
}

/* ---- the backlog ---- */

static void
send_row(struct flush *f, const struct log_entry *row)
{
	struct sm_user *user = f->session->user;
	struct entry *e = mailbox_find(&user->mail, row->id);

	if (e && (e->delivered || e->flying))
		return; /* on its way already */
	if (!e)
		e = mailbox_adopt(user, row, false);
	if (e->delivered)
		return;
	if (send_stored(f, e, row->stanza))
		return;
	log_error(&user->log, "a message in the log cannot be read and is deleted id=%lld", (long long)row->id);
	e->delivered = true; /* by nobody, but nothing can be done for it */
}

/* As many as there is room for; the rest is read again when there is more. */
static void
send_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct mailbox *m = &f->session->user->mail;
	unsigned asked = f->page;
	size_t i;

	for (i = 0; i < count && session_has_room(f->session); i++)
		send_row(f, &rows[i]);
	if (i < count) {
		f->page = MAX((unsigned)i, 1u);
		m->backlog_low = rows[i].id;
		return;
	}
	f->page = MIN(2 * asked, (unsigned)PAGE);
	m->backlog_low = count == asked ? rows[count - 1].id + 1 : INT64_MAX;
	if (count < asked)
		m->backlog = 0;
}

/* Catching up: into memory first, for all sessions that come back. */
static void
take_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct sm_user *user = f->session->user;
	struct mailbox *m = &user->mail;

	for (size_t i = 0; i < count; i++) {
		m->whole_bytes += rows[i].stanza.n;
		if (!mailbox_find(m, rows[i].id))
			(void)mailbox_adopt(user, &rows[i], true);
	}
	if (m->whole_bytes > WHOLE_BYTES)
		mailbox_grow_big(user);
	if (count == f->page) {
		m->backlog_low = rows[count - 1].id + 1;
		return;
	}
	m->backlog = 0;
	m->backlog_low = INT64_MAX;
	m->whole = true;
}

/* The same, straight from the log, when it is too much to be kept. */
static void
send_rows_again(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct sm_user *user = f->session->user;
	unsigned asked = f->page;
	size_t i;

	for (i = 0; i < count && rows[i].id <= f->until && has_room(f); i++) {
		struct entry *e = mailbox_find(&user->mail, rows[i].id);

		(void)send_stored(f, e ? e : mailbox_adopt(user, &rows[i], false), rows[i].stanza);
		f->after = rows[i].id;
	}
	f->read_all = i == count ? count < asked : rows[i].id > f->until;
	if (i == count && count < asked) { /* there is an entry for each row now */
		user->mail.backlog = 0;
		user->mail.backlog_low = INT64_MAX;
	}
	f->page = i < count ? MAX((unsigned)i, 1u) : MIN(2 * asked, (unsigned)PAGE);
}

static void
catch_up_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	if (f->straight)
		send_rows_again(f, rows, count);
	else if (!f->session->user->mail.big) /* or it is known by now that it is too much: from the beginning, then */
		take_rows(f, rows, count);
}

static void
on_retry(struct timer *t)
{
	flush_step(container_of(t, struct flush, retry));
}

static void
on_page(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
{
	struct flush *f = arg;

	f->reading = false;
	if (!f->session) {
		sm_found(f->sm, &f->loose);
		free(f);
		return;
	}
	if (r != STORAGE_OK) {
		log_warning(&f->session->log, "offline messages cannot be read yet result=%s", storage_result_name(r));
		timer_start(f->sm->loop, &f->retry, RETRY_MS, on_retry);
		return;
	}
	if (f->catching_up)
		catch_up_rows(f, rows, count);
	else
		send_rows(f, rows, count);
	flush_step(f);
}

static void
read_page(struct flush *f)
{
	struct sm_user *user = f->session->user;

	f->reading = true;
	f->straight = f->catching_up && user->mail.big;
	storage_log_undelivered(f->sm->storage, user->jid.bare, f->straight ? f->after : user->mail.backlog_low - 1, f->page, on_page,
				f);
}

/* ---- what is in memory ---- */

/* In order; false when the session had no more room. */
static bool
send_entries(struct flush *f)
{
	list_each(&f->session->user->mail.entries, struct entry, e, node) {
		if (e->delivered || e->flying || !e->stanza)
			continue;
		if (!session_has_room(f->session))
			return false;
		send_stored(f, e, chunk_str(e->stanza));
	}
	return true;
}

/* Catching up: each, whoever else has it or gets it. */
static bool
send_entries_again(struct flush *f)
{
	list_each(&f->session->user->mail.entries, struct entry, e, node) {
		if (e->id <= f->after || e->id > f->until || !e->stanza || e->old)
			continue;
		if (!has_room(f))
			return false;
		f->after = e->id;
		send_stored(f, e, chunk_str(e->stanza));
	}
	return true;
}

static struct waiter *
waiting_shift(struct flush *f)
{
	struct waiter *w = list_entry(list_shift(&f->waiting), struct waiter, node);

	f->waiting_bytes -= w->bytes->n;
	return w;
}

static void
waiter_free(struct waiter *w)
{
	chunk_unref(&w->bytes);
	free(w);
}

static bool
send_waiting(struct flush *f)
{
	while (f->waiting.len) {
		struct waiter *w;

		if (!has_room(f))
			return false;
		w = waiting_shift(f);
		session_send_chunk(f->session, w->bytes, w->entry);
		waiter_free(w);
	}
	return true;
}

/* It stands in the way of nothing any more. */
static void
flush_forget(struct flush *f, struct sm_user *user)
{
	if (f->catching_up)
		mailbox_caught_up(user);
	else
		user->mail.flush = NULL;
}

/* To other sessions of the user. */
static void
go_elsewhere(struct sm_user *user)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		deliver_offline(s);
}

static void
flush_finish(struct flush *f)
{
	struct sm_user *user = f->session->user;

	f->session->passed_over = f->passed_over ? user->mail.last_id : 0;
	f->session->flush = NULL;
	flush_forget(f, user);
	free(f);
	mailbox_settle(user);
	go_elsewhere(user); /* what came back from a session that ended while its row had been passed */
}

/* Messages are in the log, and what follows them must not overtake them; what else waited is the session's own. */
static void
leave_to_the_log(struct sm_session *s)
{
	list_each(&s->flush->waiting, struct waiter, w, node)
		if (!w->entry)
			session_send_chunk(s, w->bytes, NULL);
	s->manage->behind = true;
	flush_abort(s, false);
}

/* More than it may keep while it is away. */
static void
give_back(struct flush *f)
{
	struct sm_session *s = f->session;

	leave_to_the_log(s);
	mailbox_settle(s->user);
	offline_elsewhere(s->user);
}

static void
catch_up_step(struct flush *f)
{
	const struct mailbox *m = &f->session->user->mail;

	if (!has_room(f))
		give_back(f); /* it is away; who is there has room, or is not asked */
	else if (m->big ? !f->read_all : !m->whole)
		read_page(f);
	else if (send_entries_again(f) && send_waiting(f))
		flush_finish(f);
	else if (session_away(f->session))
		give_back(f);
}

/* Does what can be done now; what it waits for calls it again. */
static void
flush_step(struct flush *f)
{
	if (f->reading || timer_running(&f->retry) || !(has_room(f) || session_away(f->session)))
		return;
	if (f->catching_up) {
		catch_up_step(f);
	} else if (f->session->user->mail.backlog_low != INT64_MAX)
		read_page(f);
	else if (send_entries(f) && send_waiting(f))
		flush_finish(f);
}

void
flush_go_on(struct sm_session *s)
{
	if (s->flush)
		flush_step(s->flush);
}

void
flush_wait(struct sm_session *s, struct chunk *c, struct entry *entry)
{
	struct flush *f = s->flush;
	struct waiter *w = xcalloc(1, sizeof(*w));

	w->bytes = chunk_ref(c);
	w->entry = entry;
	f->waiting_bytes += c->n;
	list_append(&f->waiting, &w->node);
	if (f->waiting.len > s->sm->set.unacked_stanzas || f->waiting_bytes > s->sm->set.unacked_bytes) {
		sm_limit_hit(SM_LIMIT_UNACKED);
		session_end(s, STREAM_RESOURCE_CONSTRAINT, "Too much is waiting for the client");
	}
}

static void
flush_drop(struct loose *l)
{
	free(container_of(l, struct flush, loose));
}

bool
flush_holds(const struct sm_session *s)
{
	return s->flush && s->flush->waiting.len > 0;
}

void
flush_park(struct sm_session *s)
{
	if (s->flush && s->flush->catching_up)
		flush_step(s->flush); /* other sessions may have the same already: it would be in the log for none of them */
	else if (s->flush)
		leave_to_the_log(s);
}

void
flush_abort(struct sm_session *s, bool answer)
{
	struct flush *f = s->flush;

	if (!f)
		return;
	timer_stop(&f->retry);
	s->flush = NULL;
	flush_forget(f, s->user);
	while (f->waiting.len) {
		struct waiter *w = waiting_shift(f);

		if (w->entry)
			entry_returned(w->entry);
		else if (answer)
			session_missed(s->sm, chunk_str(w->bytes));
		waiter_free(w);
	}
	f->session = NULL;
	if (f->reading)
		sm_loose(s->sm, &f->loose, flush_drop);
	else
		free(f);
}

/* ---- when ---- */

static bool
anything_waits(const struct mailbox *m)
{
	return mailbox_waiting(m) > 0 || m->backlog_low != INT64_MAX;
}

void
deliver_offline(struct sm_session *session)
{
	struct mailbox *m = &session->user->mail;
	struct flush *f;

	if (session->ending || !session->available || session->priority < 0 || session->flush || m->flush || !anything_waits(m))
		return;
	if (session_away(session))
		return; /* what is parked for it is what waits; and it may never come back for the rest */
	if (session->passed_over && session->passed_over >= m->last_id)
		return; /* what waits is for others */
	f = xcalloc(1, sizeof(*f));
	f->sm = session->sm;
	f->session = session;
	f->page = PAGE;
	session->flush = m->flush = f;
	flush_step(f);
}

bool
catching_up(const struct sm_session *s, int64_t *id_r)
{
	if (!s->flush || !s->flush->catching_up)
		return false;
	*id_r = MAX(s->flush->after, s->user->mail.cursor);
	return true;
}

void
catch_up(struct sm_session *s)
{
	struct mailbox *m = &s->user->mail;
	struct flush *f;

	mailbox_reopened(s->user);
	if (m->backlog_low == INT64_MAX)
		m->whole = true;
	if (s->ending || s->caught_up || s->flush || (m->whole && !m->entries.len))
		return;
	s->caught_up = true;
	f = xcalloc(1, sizeof(*f));
	f->sm = s->sm;
	f->session = s;
	f->page = PAGE;
	f->catching_up = true;
	f->until = m->last_id;
	s->flush = f;
	m->catchups++;
	flush_step(f);
}

void
offline_missed(struct sm_session *s, struct entry *e, struct str bytes)
{
	struct flush f = {.sm = s->sm, .session = s, .catching_up = true, .missed = true};

	(void)send_stored(&f, e, bytes);
}

void
offline_elsewhere(struct sm_user *user)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		s->passed_over = 0;
	go_elsewhere(user);
}
