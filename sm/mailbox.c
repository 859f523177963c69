/* SPDX-License-Identifier: Apache-2.0 */
/* struct mailbox: what of a user's message log is in memory, and how an entry ends (sm/mailbox.h). */
#include "sm/mailbox.h"

#include "common/metric.h"
#include "sm/duty.h"
#include "sm/local.h"
#include "sm/offline.h"
#include "sm/peer.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "sm/user.h"

#include <stdlib.h>

enum {
	GRACE_MS = 10000,  /* c2s asks again after 5 s at most */
	PASSED_MAX = 64,
	UNTAKEN_MS = 250,  /* before storage is asked again, for */
	WHOLE_BYTES = 1024 * 1024, /* that are read into memory for sessions which come back from a former owner */
	UNTAKEN_MAX = 20000, /* so many at most: whoever waits for an answer is bounded, others are not */
};

static struct metric stored = {
	.name = "xmpp_messages_stored_total", .help = "Messages committed to the log.", .kind = METRIC_COUNTER};
static struct metric withdrawn = {
	.name = "xmpp_messages_withdrawn_total", .help = "Messages delivered before their commit.", .kind = METRIC_COUNTER};
static struct metric lost = {
	.name = "xmpp_messages_not_stored_total", .help = "Messages that storage did not take.", .kind = METRIC_COUNTER};

void
mailbox_load(struct mailbox *m, const struct user_rows *rows, uint64_t now)
{
	*m = (struct mailbox){.cursor = rows->cursor, .last_id = MAX(rows->last_id, rows->cursor), .backlog = rows->undelivered, .loaded = now};
	m->first = m->cursor;
	m->backlog_low = rows->undelivered ? rows->cursor + 1 : INT64_MAX;
	m->passed_count = m->last_id > rows->cursor ? PASSED_MAX : 0; /* how many they are nobody has counted */
}

/* Nobody waits for it any more. */
static void
entry_let_go(struct entry *e)
{
	duty_unref(&e->duty);
	duties_let_go(&e->joined);
}

static void
entry_free(struct entry *e)
{
	if (e->user)
		list_remove(&e->user->mail.entries, &e->node);
	chunk_unref(&e->stanza);
	entry_let_go(e);
	free(e);
}

/* True: storage has it no more, and will not call back. */
static bool
unqueue(struct entry *e)
{
	struct sm *sm = e->sm;

	if (!e->untaken && !storage_log_withdraw(sm->storage, e->ticket))
		return false;
	list_remove(e->untaken ? &sm->untaken : &sm->uncommitted, &e->in_sm);
	e->untaken = false;
	return true;
}

/* At the end of the process: nobody is told anything. */
void
mailbox_forget_uncommitted(struct sm *sm)
{
	task_cancel(&sm->settle);
	free(sm->unsettled);
	sm->unsettled = NULL;
	sm->unsettled_n = sm->unsettled_cap = 0;
	list_each(&sm->uncommitted, struct entry, e, in_sm) {
		list_remove(&sm->uncommitted, &e->in_sm);
		entry_free(e);
	}
	timer_stop(&sm->untaken_timer);
	list_each(&sm->untaken, struct entry, e, in_sm) {
		list_remove(&sm->untaken, &e->in_sm);
		entry_free(e);
	}
}

size_t
mailbox_waiting(const struct mailbox *m)
{
	size_t n = m->backlog;

	list_each(&m->entries, struct entry, e, node)
		n += !e->delivered && !e->flying && e->stanza; /* one without is to be had from the log, soon */
	return n;
}

bool
mailbox_busy(const struct mailbox *m)
{
	return m->entries.len > 0 || m->flush || m->catchups;
}

struct entry *
mailbox_find(const struct mailbox *m, int64_t id)
{
	list_each(&m->entries, struct entry, e, node)
		if (e->id == id)
			return e;
	return NULL;
}

bool
mailbox_awaits(const struct mailbox *m)
{
	return timer_running(&m->grace);
}

int64_t
mailbox_since(const struct mailbox *m)
{
	return mailbox_awaits(m) ? m->first : m->cursor;
}

bool
mailbox_takes_long(const struct mailbox *m, int64_t upto)
{
	list_each(&m->entries, struct entry, e, node)
		if (e->untaken && e->id <= upto)
			return true;
	return false;
}

static struct entry *
entry_new(struct sm_user *user, int64_t id, struct chunk *stanza, struct str rid)
{
	struct entry *e = xcalloc(1, sizeof(*e) + rid.n + 1);

	e->sm = user->sm;
	e->user = user;
	e->id = id;
	e->stanza = stanza;
	if (rid.n)
		memcpy(e->rid, rid.p, rid.n);
	return e;
}

bool
entry_archived(const struct entry *e)
{
	return e->sm->archive && !(e->flags & LOG_TRANSIENT) && !e->unwanted;
}

/* ---- settling, once for all that a turn has changed ---- */

static void
on_settle(struct task *t)
{
	struct sm *sm = container_of(t, struct sm, settle);

	for (size_t i = 0; i < sm->unsettled_n; i++) {
		struct sm_user *user = sm->unsettled[i];

		if (!user)
			continue;
		user->mail.unsettled = false;
		mailbox_settle(user);
	}
	sm->unsettled_n = 0;
}

void
mailbox_settle_soon(struct sm_user *user)
{
	struct sm *sm = user->sm;

	if (user->mail.unsettled)
		return;
	user->mail.unsettled = true;
	if (sm->unsettled_n == sm->unsettled_cap) {
		sm->unsettled_cap = sm->unsettled_cap ? sm->unsettled_cap * 2 : 64;
		sm->unsettled = xrealloc(sm->unsettled, sm->unsettled_cap * sizeof(struct sm_user *));
	}
	sm->unsettled[sm->unsettled_n++] = user;
	loop_defer(sm->loop, &sm->settle, on_settle);
}

static void
settle_never(struct sm_user *user)
{
	struct sm *sm = user->sm;

	if (!user->mail.unsettled)
		return;
	for (size_t i = 0; i < sm->unsettled_n; i++)
		if (sm->unsettled[i] == user)
			sm->unsettled[i] = NULL;
}

/* ---- the end of a commit ---- */

static void
entry_refuse(struct entry *e, enum stanza_condition condition)
{
	struct sm *sm = e->sm;
	struct arena *a = sm_arena(sm);
	struct stanza st;

	if (stanza_parse(&st, a, chunk_str(e->stanza), NULL) == 0)
		reply_error(sm, &st, condition, "The message could not be stored");
	sm_arena_end(sm);
	duty_refuse(e->duty, condition);
}

/* It could not be stored and nobody has got it: its sender must know. */
static void
entry_fail(struct entry *e)
{
	entry_refuse(e, e->lost);
	entry_free(e);
}

/* Somebody else owns the user now: it gets the message under the same name, which makes it harmless if it has it already. */
static void
entry_forward(struct entry *e)
{
	struct sm *sm = e->sm;
	struct arena *a = sm_arena(sm);
	struct stanza st;

	if (stanza_parse(&st, a, chunk_str(e->stanza), NULL) == 0)
		peer_send(sm, &st, str_z(e->rid), e->duty);
	sm_arena_end(sm);
}

static void
entry_stored(struct entry *e)
{
	e->state = ENTRY_STORED;
	metric_add(&stored, 1);
	entry_let_go(e);
	mailbox_settle_soon(e->user);
}

static void
entry_not_stored(struct entry *e, enum storage_result r)
{
	e->state = ENTRY_LOST;
	e->lost = r == STORAGE_TEMPORARY ? STANZA_ERR_RESOURCE_CONSTRAINT : STANZA_ERR_INTERNAL_SERVER_ERROR;
	metric_add(&lost, 1);
	if (e->delivered)
		entry_let_go(e);
	mailbox_settle_soon(e->user);
}

static void on_committed(void *arg, enum storage_result r);

static void
entry_queue(struct entry *e, struct str peer)
{
	struct sm *sm = e->sm;
	struct sm_user *user = e->user;
	struct log_entry row = {
		.owner = user->jid.bare,
		.id = e->id,
		.peer = peer,
		.origin = str_z(e->rid),
		.flags = e->flags,
		.stanza = chunk_str(e->stanza),
		.slot = user->slot,
		.epoch = slot_epoch(sm, user->slot),
	};

	list_append(&sm->uncommitted, &e->in_sm);
	e->ticket = storage_log_append(sm->storage, &row, on_committed, e);
}

/* Again, in the order in which they came. */
static void
on_untaken(struct timer *t)
{
	struct sm *sm = container_of(t, struct sm, untaken_timer);

	list_each(&sm->untaken, struct entry, e, in_sm) {
		struct arena *a = sm_arena(sm);
		struct stanza st;

		list_remove(&sm->untaken, &e->in_sm);
		e->untaken = false;
		bug_if(stanza_parse(&st, a, chunk_str(e->stanza), NULL) < 0);
		entry_queue(e, e->flags & LOG_OUTGOING ? st.to.bare : st.from.bare);
		sm_arena_end(sm);
	}
}

/* It has been delivered, or is about to be, so it is too late to refuse it; and it is to be in the archive when its sender is told. */
static bool
must_wait(const struct entry *e)
{
	return entry_archived(e) && (e->delivered || e->flying || e->parked) && e->sm->untaken.len < UNTAKEN_MAX;
}

static void
entry_wait(struct entry *e)
{
	struct sm *sm = e->sm;

	e->untaken = true;
	list_append(&sm->untaken, &e->in_sm);
	if (!timer_running(&sm->untaken_timer))
		timer_start(sm->loop, &sm->untaken_timer, UNTAKEN_MS, on_untaken);
}

static void
on_committed(void *arg, enum storage_result r)
{
	struct entry *e = arg;

	list_remove(&e->sm->uncommitted, &e->in_sm);
	if (!e->user) { /* mailbox_done has done with it what was to be done */
		entry_free(e);
		return;
	}
	switch (r) {
	case STORAGE_OK:
	case STORAGE_EXISTS: /* its name is in the log already: a repetition */
		entry_stored(e);
		break;
	case STORAGE_FENCED:
		slot_fenced(e->sm, e->user->slot); /* gives the user up, and forwards this one among the others */
		bug_if(e->user);
		entry_free(e);
		break;
	case STORAGE_TEMPORARY:
		if (must_wait(e))
			entry_wait(e);
		else
			entry_not_stored(e, r);
		break;
	case STORAGE_NOT_FOUND:
	case STORAGE_REFUSED:
		entry_not_stored(e, r);
		break;
	}
}

/* Nobody has got it, and it is in no log. What the user has sent comes again from its session, which is told nothing. */
static bool
is_owed(const struct entry *e)
{
	return !(e->flags & LOG_OUTGOING) && (e->state == ENTRY_QUEUED || e->state == ENTRY_LOST) &&
	       !(e->delivered && !e->flying);
}

/* Delivered, but the archive lacks it. */
static bool
is_missing(const struct entry *e)
{
	return !(e->flags & LOG_OUTGOING) && e->state == ENTRY_QUEUED && entry_archived(e);
}

/* It leaves the mailbox; while storage has it, it lives on without a user. */
static void
entry_leave(struct entry *e, enum mailbox_end end)
{
	bool queued = e->state == ENTRY_QUEUED;

	if (end == MAILBOX_PASS_ON && (is_owed(e) || is_missing(e)))
		entry_forward(e);
	else if (end == MAILBOX_REFUSE && is_owed(e))
		entry_refuse(e, STANZA_ERR_SERVICE_UNAVAILABLE);
	if (queued && (end != MAILBOX_FORGET || e->untaken) && unqueue(e))
		queued = false;
	entry_let_go(e);
	if (!queued) {
		entry_free(e);
		return;
	}
	list_remove(&e->user->mail.entries, &e->node);
	e->user = NULL;
}

void
mailbox_done(struct mailbox *m, enum mailbox_end end)
{
	list_each(&m->entries, struct entry, e, node)
		entry_leave(e, end);
	timer_stop(&m->grace);
	settle_never(container_of(m, struct sm_user, mail));
	*m = (struct mailbox){.backlog_low = INT64_MAX};
}

static struct entry *
find_sent(const struct mailbox *m, struct str rid)
{
	list_each(&m->entries, struct entry, e, node)
		if ((e->flags & LOG_OUTGOING) && str_is(rid, e->rid))
			return e;
	return NULL;
}

void
mailbox_join(struct sm_user *user, struct str rid, struct duty *duty)
{
	struct entry *first = find_sent(&user->mail, rid);

	if (first && first->state == ENTRY_QUEUED)
		duties_add(&first->joined, duty);
}

struct entry *
mailbox_append(struct sm_user *user, struct chunk *stanza, struct str peer, struct str rid, unsigned flags, struct duty *duty)
{
	struct mailbox *m = &user->mail;
	int64_t id = MAX(m->last_id + 1, loop_wall_us(user->sm->loop));
	struct entry *e = entry_new(user, id, chunk_ref(stanza), rid);

	m->last_id = id;
	e->flags = flags;
	e->delivered = flags & LOG_OUTGOING;
	e->duty = duty_ref(duty);
	list_append(&m->entries, &e->node);
	entry_queue(e, peer);
	return e;
}

static struct entry *
entry_of_row(struct sm_user *user, const struct log_entry *row, bool keep)
{
	struct mailbox *m = &user->mail;
	struct entry *e = entry_new(user, row->id, keep ? chunk_new(row->stanza) : NULL, row->origin);
	struct list_node *before = m->entries.last;

	e->state = ENTRY_STORED;
	e->flags = row->flags;
	e->delivered = row->flags & LOG_OUTGOING;
	while (before && list_entry(before, struct entry, node)->id > row->id)
		before = before->prev;
	list_insert_after(&m->entries, before, &e->node);
	return e;
}

struct entry *
mailbox_adopt(struct sm_user *user, const struct log_entry *row, bool keep)
{
	struct mailbox *m = &user->mail;

	if (m->backlog)
		m->backlog--;
	return entry_of_row(user, row, keep);
}

struct entry *
mailbox_adopt_for_all(struct sm_user *user, const struct log_entry *row)
{
	struct mailbox *m = &user->mail;
	struct entry *e = mailbox_adopt(user, row, true);

	m->whole_bytes += row->stanza.n;
	if (m->whole_bytes > WHOLE_BYTES)
		mailbox_grow_big(user);
	return e;
}

struct entry *
mailbox_restore(struct sm_user *user, const struct log_entry *row)
{
	struct mailbox *m = &user->mail;
	struct entry *e = mailbox_find(m, row->id);

	if (e)
		return e;
	if (row->id > m->cursor && !(row->flags & LOG_STORE_ONLY))
		return mailbox_adopt(user, row, true);
	e = entry_of_row(user, row, false);
	e->state = ENTRY_CLEARED;
	e->delivered = e->old = true;
	return e;
}

/* ---- delivery ---- */

void
entry_sent(struct entry *e)
{
	e->flying++;
}

void
entry_delivered(struct entry *e)
{
	bug_if(e->flying == 0);
	e->flying--;
	e->delivered = true;
}

void
entry_park(struct entry *e)
{
	bug_if(e->flying == 0);
	e->flying--;
	e->parked++;
	if (e->state == ENTRY_STORED && !e->stanza && !e->delivered) /* another session may come for it meanwhile */
		e->user->mail.backlog_low = MIN(e->user->mail.backlog_low, e->id);
}

void
entry_unpark(struct entry *e)
{
	bug_if(e->parked == 0);
	e->parked--;
	e->flying++;
}

void
entry_unwanted(struct entry *e)
{
	e->delivered = e->unwanted = true;
}

void
entry_returned(struct entry *e)
{
	bug_if(e->flying == 0);
	e->flying--;
}

/* ---- the cursor ---- */

struct settling {
	struct sm_user *user;
	bool blocked;   /* a message that is not delivered lies before */
	int64_t cursor; /* to move to; 0: nowhere */
	int64_t passed; /* as far as it may move, when it moves */
};

static bool
withdraw(struct entry *e)
{
	if (!unqueue(e))
		return false; /* its commit is under way */
	e->state = ENTRY_CLEARED;
	entry_let_go(e);
	metric_add(&withdrawn, 1);
	return true;
}

/* Its row alone, out of order. */
static void
clear_row(const struct entry *e)
{
	struct sm_user *user = e->user;

	(entry_archived(e) ? storage_log_keep : storage_log_delete)(user->sm->storage, user->jid.bare, e->id, slot_written,
								      slot_arg(user->sm, user->slot));
}

/* False: the backlog is on its way; then the cursor moves over all of it. */
static bool
settle_row(struct settling *w, struct entry *e)
{
	struct mailbox *m = &w->user->mail;

	if (e->flags & LOG_STORE_ONLY) {
		if (!w->blocked && e->id < m->backlog_low) {
			w->passed = e->id;
			m->passed_count++;
		}
		e->state = ENTRY_CLEARED;
	} else if (e->id >= m->backlog_low || e->unwanted) {
		if (m->flush && !e->unwanted)
			return false;
		clear_row(e);
		e->state = ENTRY_CLEARED;
	} else if (!w->blocked) {
		w->cursor = e->id;
		e->state = ENTRY_CLEARED;
	}
	return true;
}

/* A delivered one: off the books as soon as its row is dealt with. */
static void
settle_delivered(struct settling *w, struct entry *e)
{
	struct sm_user *user = w->user;

	if (e->flying || (e->state == ENTRY_QUEUED && (entry_archived(e) || !withdraw(e)))) {
		w->blocked = w->blocked || !(e->flags & LOG_STORE_ONLY); /* until the others have it, or its commit is through */
		return;
	}
	entry_let_go(e);
	if (e->state == ENTRY_STORED && !settle_row(w, e))
		return;
	if (e->state != ENTRY_STORED && !e->parked && !mailbox_awaits(&user->mail))
		entry_free(e);
}

static void
settle_undelivered(struct settling *w, struct entry *e)
{
	struct mailbox *m = &w->user->mail;

	w->blocked = true;
	if (e->flying || e->parked || e->state == ENTRY_QUEUED || mailbox_awaits(&w->user->mail))
		return;
	if (e->state == ENTRY_LOST) {
		entry_fail(e);
	} else if (!m->flush) {
		m->backlog++;
		m->backlog_low = MIN(m->backlog_low, e->id);
		entry_free(e);
	}
}

static void
forget_whole(struct mailbox *m)
{
	m->whole = m->big = false;
	m->whole_bytes = 0;
}

static void
on_grace(struct timer *t)
{
	struct sm_user *user = container_of(t, struct sm_user, mail.grace);

	if (!user->mail.catchups)
		forget_whole(&user->mail);
	mailbox_settle(user);
	offline_elsewhere(user);
}

void
mailbox_caught_up(struct sm_user *user)
{
	struct mailbox *m = &user->mail;

	if (--m->catchups == 0 && !mailbox_awaits(&user->mail))
		forget_whole(m);
}

/* Texts that are committed and on their way to nobody. */
static void
drop_texts(struct mailbox *m)
{
	list_each(&m->entries, struct entry, e, node)
		if (e->state == ENTRY_STORED && !e->flying && !e->parked)
			chunk_unref(&e->stanza);
}

void
mailbox_grow_big(struct sm_user *user)
{
	user->mail.big = true;
	drop_texts(&user->mail);
}

void
mailbox_reopened(struct sm_user *user)
{
	struct mailbox *m = &user->mail;
	uint64_t age = loop_now(user->sm->loop) - m->loaded;

	if (age < GRACE_MS && !timer_running(&m->grace))
		timer_start(user->sm->loop, &m->grace, GRACE_MS - age, on_grace);
}

void
mailbox_settle(struct sm_user *user)
{
	struct mailbox *m = &user->mail;
	struct settling w = {.user = user};

	if (m->big)
		drop_texts(m);
	if (m->catchups || (m->big && mailbox_awaits(&user->mail)))
		return; /* what a session has not got yet stays behind the cursor */
	list_each(&m->entries, struct entry, e, node) {
		if (e->delivered)
			settle_delivered(&w, e);
		else
			settle_undelivered(&w, e);
	}
	if (w.passed && m->passed_count >= PASSED_MAX)
		w.cursor = MAX(w.cursor, w.passed);
	if (w.cursor) {
		m->cursor = MAX(w.cursor, w.passed);
		m->passed_count = 0;
		storage_log_cursor(user->sm->storage, user->jid.bare, m->cursor, user->sm->archive != NULL, user->slot,
				   slot_epoch(user->sm, user->slot), slot_written, slot_arg(user->sm, user->slot));
	}
	user_maybe_idle(user);
}
