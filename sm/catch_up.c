/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session lacks, whoever else has it (sm/offline.h). One that comes
 * from a former owner gets what lies behind the cursor: read once for all
 * sessions that come back, or, when that is too much, again for each. One that
 * was away here and fell behind gets what has come since, delivered to others
 * or not: always from the database.
 */
#include "sm/away.h"
#include "sm/flush.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/session.h"

/* ---- pages ---- */

/* Into memory first, for all sessions that come back. */
static void
take_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct sm_user *user = f->session->user;
	struct mailbox *m = &user->mail;

	for (size_t i = 0; i < count; i++)
		if (!mailbox_find(m, rows[i].id))
			(void)mailbox_adopt_for_all(user, &rows[i]);
	if (count == f->page) {
		m->backlog_low = rows[count - 1].id + 1;
		return;
	}
	m->backlog = 0;
	m->backlog_low = INT64_MAX;
	m->whole = true;
}

static struct entry *
entry_for(struct flush *f, const struct log_entry *row)
{
	struct sm_user *user = f->session->user;
	struct entry *e;

	if (f->kind->missed)
		return mailbox_restore(user, row);
	e = mailbox_find(&user->mail, row->id);
	return e ? e : mailbox_adopt(user, row, false);
}

/* Said and done before this session was there. */
static bool
is_history(const struct flush *f, const struct log_entry *row)
{
	const struct sm_session *s = f->session;

	return f->kind->missed && !s->resumed && row->id < s->since && row->flags & (LOG_STORE_ONLY | LOG_OUTGOING);
}

/* Straight from the log. */
static void
send_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	unsigned asked = f->page;
	size_t i;

	for (i = 0; i < count && rows[i].id <= f->until && flush_has_room(f); i++) {
		if (!is_history(f, &rows[i]))
			flush_send(f, entry_for(f, &rows[i]), rows[i].stanza);
		f->after = rows[i].id;
	}
	f->read_all = i == count ? count < asked : rows[i].id > f->until;
	f->page = i < count ? MAX((unsigned)i, 1u) : MIN(2 * asked, (unsigned)FLUSH_PAGE);
}

/* ---- from a former owner ---- */

static void
catch_up_read(struct flush *f)
{
	struct sm_user *user = f->session->user;

	f->reading = true;
	f->straight = user->mail.big;
	storage_log_undelivered(f->sm->storage, user->jid.bare, f->straight ? f->after : user->mail.backlog_low - 1, f->page,
				flush_on_page, f);
}

static void
catch_up_take(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct mailbox *m = &f->session->user->mail;
	bool last = count < f->page;

	if (!f->straight && m->big)
		return; /* it is known by now that it is too much: from the beginning, then */
	if (!f->straight) {
		take_rows(f, rows, count);
		return;
	}
	send_rows(f, rows, count);
	if (last && f->read_all && (!count || f->after == rows[count - 1].id)) { /* there is an entry for each row now */
		m->backlog = 0;
		m->backlog_low = INT64_MAX;
	}
}

/* It was read by somebody else, or was too much for memory. */
static bool
is_in_the_log_only(const struct entry *e)
{
	return !e->stanza && e->state == ENTRY_STORED && !(e->flags & LOG_STORE_ONLY);
}

/* In order; false when the session had no more room, or something is to be had from the log only. */
static bool
send_entries(struct flush *f)
{
	list_each(&f->session->user->mail.entries, struct entry, e, node) {
		if (e->id <= f->after || e->id > f->until || e->old)
			continue;
		if (!flush_has_room(f))
			return false;
		if (is_in_the_log_only(e) && f->reread < e->id) {
			f->reread = e->id;
			f->read_all = false;
			mailbox_grow_big(e->user);
			return false;
		}
		f->after = e->id;
		if (e->stanza)
			flush_send(f, e, chunk_str(e->stanza));
	}
	return true;
}

/* More than it may keep while it is away. */
static void
give_back(struct flush *f)
{
	struct sm_user *user = f->session->user;

	flush_leave_to_the_log(f);
	mailbox_settle(user);
	offline_elsewhere(user);
}

static bool
must_read(const struct flush *f)
{
	const struct mailbox *m = &f->session->user->mail;

	return m->big ? !f->read_all : !m->whole;
}

static void
catch_up_step(struct flush *f)
{
	if (!flush_has_room(f)) /* it is away; who is there has room, or is not asked */
		give_back(f);
	else if (must_read(f) || (!send_entries(f) && must_read(f)))
		catch_up_read(f);
	else if (flush_has_room(f) && flush_send_waiting(f))
		flush_finish(f);
	else if (session_away(f->session))
		give_back(f);
}

static void
catch_up_park(struct flush *f)
{
	flush_go_on(f->session); /* other sessions may have the same already: it would be in the log for none of them */
}

static int64_t
catch_up_upto(const struct flush *f)
{
	return f->after ? f->after : mailbox_since(&f->session->user->mail);
}

static const struct flush_kind from_former = {
	.again = true,
	.step = catch_up_step,
	.take = catch_up_take,
	.park = catch_up_park,
	.upto = catch_up_upto,
	.forget = mailbox_caught_up,
};

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
	f = flush_new(s, &from_former);
	f->until = m->last_id;
	m->catchups++;
	flush_go_on(s);
}

/* ---- missed here ---- */

static void
missed_take(struct flush *f, const struct log_entry *rows, size_t count)
{
	send_rows(f, rows, count);
	away_catches_up(f->session);
	mailbox_settle(f->session->user); /* of some rows nothing was for it */
}

static void
missed_step(struct flush *f)
{
	struct sm_session *s = f->session;
	struct sm_user *user = s->user;

	if (f->read_all) {
		if (!flush_send_waiting(f))
			return;
		flush_finish(f);
		away_caught_up(s);
	} else if (mailbox_takes_long(&user->mail, f->until)) {
		flush_retry(f);
	} else {
		f->reading = true;
		storage_log_after(f->sm->storage, user->jid.bare, f->after, f->page, flush_on_page, f);
	}
}

static int64_t
missed_upto(const struct flush *f)
{
	return f->after;
}

static const struct flush_kind missed_here = {
	.again = true, .missed = true, .step = missed_step, .take = missed_take, .upto = missed_upto};

void
catch_up_missed(struct sm_session *s)
{
	struct flush *f;

	if (!s->manage || !s->manage->behind || session_away(s))
		return;
	s->manage->behind = false;
	if (s->ending || s->flush)
		return;
	f = flush_new(s, &missed_here);
	f->after = s->manage->upto;
	f->until = s->user->mail.last_id;
	flush_go_on(s);
}

bool
catching_up_missed(const struct sm_session *s)
{
	return s->flush && s->flush->kind == &missed_here;
}

void
offline_missed(struct sm_session *s, struct entry *e, struct str bytes)
{
	struct flush f = {.kind = &missed_here, .sm = s->sm, .session = s};

	flush_send(&f, e, bytes);
}
