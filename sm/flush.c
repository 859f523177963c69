/* SPDX-License-Identifier: Apache-2.0 */
/* struct flush: from the log to a session, whatever it is filled with (sm/flush.h, sm/offline.h). */
#include "sm/flush.h"

#include "common/metric.h"
#include "sm/deliver.h"
#include "sm/event.h"
#include "sm/limits.h"
#include "sm/local.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/privacy.h"
#include "sm/session.h"
#include "xmpp/datetime.h"

#include <stdlib.h>

enum { RETRY_MS = 1000 };

static struct metric barred = {
	.name = "xmpp_stanzas_dropped_total", .labels = "reason=\"blocked-since\"", .kind = METRIC_COUNTER};
static struct metric delivered = {
	.name = "xmpp_offline_messages_delivered_total", .help = "Messages sent to clients from the log.", .kind = METRIC_COUNTER};

struct waiter { /* a live message behind the flush, or what came behind one */
	struct list_node node;
	struct chunk *bytes;
	struct entry *entry;
};

/* Nobody takes what is kept for one that is away; it gets as much as it may have. */
bool
flush_has_room(const struct flush *f)
{
	return session_away(f->session) ? manage_has_room(f->session) : session_has_room(f->session);
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
	if (!e->flying && !e->delivered)
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

/* Whether a message would have come to this session, when it was there: RFC 6121 8.5.2.1.1, 8.5.3.1, 8.5.3.2.1. */
static bool
is_for(const struct sm_session *s, const struct stanza *st)
{
	if (st->to.resource.p && (st->type != TYPE_CHAT || user_session(s->user, st->to.resource)))
		return str_eq(st->to.resource, s->jid.resource);
	return s->available && s->priority >= 0;
}

static bool
is_copy_or_own(const struct flush *f, const struct ev_deliver *ev)
{
	if (ev->instead.p)
		return true;
	return !ev->outgoing && (!f->kind->missed || is_for(f->session, ev->stanza));
}

static void
give_up_unreadable(const struct flush *f, struct entry *e)
{
	log_error(&f->session->user->log, "a message in the log cannot be read and is not delivered id=%lld", (long long)e->id);
	e->delivered = true;
}

void
flush_send(struct flush *f, struct entry *e, struct str bytes)
{
	struct sm_session *s = f->session;
	struct sm *sm = s->sm;
	struct arena *a = sm_arena(sm);
	struct ev_edit edit = {0};
	struct chunk *c;
	struct stanza st;

	if (stanza_parse(&st, a, bytes, NULL) < 0) {
		give_up_unreadable(f, e);
	} else if (!is_barred(f, e, &st)) {
		struct ev_deliver ev = {.session = s, .stanza = &st, .id = e->id, .archived = entry_archived(e),
					.outgoing = e->flags & LOG_OUTGOING, .edit = &edit, .again = f->kind->again};

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
}

/* ---- steps ---- */

/* Does what can be done now; what it waits for calls it again. */
static void
flush_step(struct flush *f)
{
	if (!f->reading && !timer_running(&f->retry) && (flush_has_room(f) || session_away(f->session)))
		f->kind->step(f);
}

static void
on_retry(struct timer *t)
{
	flush_step(container_of(t, struct flush, retry));
}

void
flush_retry(struct flush *f)
{
	timer_start(f->sm->loop, &f->retry, RETRY_MS, on_retry);
}

void
flush_on_page(void *arg, enum storage_result r, const struct log_entry *rows, size_t count)
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
		flush_retry(f);
		return;
	}
	f->kind->take(f, rows, count);
	flush_step(f);
}

void
flush_go_on(struct sm_session *s)
{
	if (s->flush)
		flush_step(s->flush);
}

struct flush *
flush_new(struct sm_session *s, const struct flush_kind *kind)
{
	struct flush *f = xcalloc(1, sizeof(*f));

	f->kind = kind;
	f->sm = s->sm;
	f->session = s;
	f->page = FLUSH_PAGE;
	s->flush = f;
	return f;
}

/* It stands in the way of nothing any more. */
static void
flush_forget(struct flush *f, struct sm_session *s)
{
	s->flush = NULL;
	if (f->kind->forget)
		f->kind->forget(s->user);
}

void
flush_finish(struct flush *f)
{
	struct sm_session *s = f->session;
	struct sm_user *user = s->user;

	s->passed_over = f->passed_over ? user->mail.last_id : 0;
	flush_forget(f, s);
	free(f);
	mailbox_settle(user);
	offline_go_on(user); /* what came back from a session that ended while its row had been passed */
}

/* ---- what waits behind it ---- */

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

bool
flush_send_waiting(struct flush *f)
{
	while (f->waiting.len) {
		struct waiter *w;

		if (!flush_has_room(f))
			return false;
		w = waiting_shift(f);
		if (w->entry)
			f->after = MAX(f->after, w->entry->id);
		session_send_chunk(f->session, w->bytes, w->entry);
		waiter_free(w);
	}
	return true;
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
	if (f->waiting.len > s->sm->set.unacked_stanzas || f->waiting_bytes > s->sm->set.unacked_bytes) { /* it is there, and slow */
		sm_limit_hit(SM_LIMIT_UNACKED);
		session_end(s, STREAM_RESOURCE_CONSTRAINT, "Too much is waiting for the client");
	}
}

void
flush_shed(struct sm_session *s)
{
	const struct settings *set = &s->sm->set;

	if (s->flush && (s->flush->waiting.len >= set->unacked_stanzas / 2 || s->flush->waiting_bytes >= set->unacked_bytes / 2))
		flush_leave_to_the_log(s->flush);
}

bool
flush_holds(const struct sm_session *s)
{
	return s->flush && s->flush->waiting.len > 0;
}

/* ---- the session goes ---- */

bool
flush_upto(const struct sm_session *s, int64_t *id_r)
{
	if (!s->flush)
		return false;
	*id_r = s->flush->kind->upto(s->flush);
	return true;
}

/* Messages are in the log, and what follows them must not overtake them; what else waited is the session's own. */
void
flush_leave_to_the_log(struct flush *f)
{
	struct sm_session *s = f->session;

	list_each(&f->waiting, struct waiter, w, node)
		if (!w->entry)
			session_send_chunk(s, w->bytes, NULL);
	manage_fall_behind(s, f->kind->upto(f));
	flush_abort(s, false);
}

void
flush_park(struct sm_session *s)
{
	if (s->flush && s->flush->kind->park)
		s->flush->kind->park(s->flush);
	else if (s->flush)
		flush_leave_to_the_log(s->flush);
}

static void
flush_drop(struct loose *l)
{
	free(container_of(l, struct flush, loose));
}

void
flush_abort(struct sm_session *s, bool answer)
{
	struct flush *f = s->flush;

	if (!f)
		return;
	timer_stop(&f->retry);
	flush_forget(f, s);
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
