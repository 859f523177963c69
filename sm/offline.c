/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nobody has got, to the first session that comes (sm/offline.h): pages
 * of the backlog from the database; then what is in memory.
 */
#include "sm/offline.h"

#include "sm/deliver.h"
#include "sm/flush.h"
#include "sm/manage.h"
#include "sm/session.h"

/* ---- what is in memory ---- */

/* In order, below this id; false when the session had no more room. */
static bool
send_entries(struct flush *f, int64_t below)
{
	list_each(&f->session->user->mail.entries, struct entry, e, node) {
		if (e->id >= below)
			break;
		if (e->delivered || e->flying || !e->stanza)
			continue;
		if (!session_has_room(f->session))
			return false;
		flush_send(f, e, chunk_str(e->stanza));
	}
	return session_has_room(f->session);
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
		e = mailbox_awaits(&user->mail) ? mailbox_adopt_for_all(user, row) : mailbox_adopt(user, row, false);
	if (!e->delivered)
		flush_send(f, e, row->stanza);
}

/* As many as there is room for, with what lies between them in memory; the rest is read again when there is more room. */
static void
send_rows(struct flush *f, const struct log_entry *rows, size_t count)
{
	struct mailbox *m = &f->session->user->mail;
	unsigned asked = f->page;
	size_t i;

	for (i = 0; i < count && send_entries(f, rows[i].id); i++)
		send_row(f, &rows[i]);
	if (i < count) {
		f->page = MAX((unsigned)i, 1u);
		m->backlog_low = rows[i].id;
		return;
	}
	f->page = MIN(2 * asked, (unsigned)FLUSH_PAGE);
	m->backlog_low = count == asked ? rows[count - 1].id + 1 : INT64_MAX;
	if (count < asked)
		m->backlog = 0;
}

static void
read_page(struct flush *f)
{
	struct sm_user *user = f->session->user;

	f->reading = true;
	storage_log_undelivered(f->sm->storage, user->jid.bare, user->mail.backlog_low - 1, f->page, flush_on_page, f);
}

static void
step(struct flush *f)
{
	if (f->session->user->mail.backlog_low != INT64_MAX)
		read_page(f);
	else if (send_entries(f, INT64_MAX) && flush_send_waiting(f))
		flush_finish(f);
}

static int64_t
upto(const struct flush *f)
{
	const struct sm_session *s = f->session;

	return s->given ? s->given : s->user->mail.cursor;
}

static void
forget(struct sm_user *user)
{
	user->mail.flush = NULL;
}

static const struct flush_kind backlog = {.step = step, .take = send_rows, .upto = upto, .forget = forget};

/* ---- when ---- */

static bool
anything_waits(const struct mailbox *m)
{
	return mailbox_waiting(m) > 0 || m->backlog_low != INT64_MAX;
}

/* Of what waits nothing is older; parked_r: it is one that is kept for somebody who is away. */
static int64_t
oldest_waiting(const struct mailbox *m, bool *parked_r)
{
	*parked_r = false;
	list_each(&m->entries, struct entry, e, node) {
		if (e->delivered || e->flying)
			continue;
		*parked_r = e->parked && e->id <= m->backlog_low;
		return MIN(e->id, m->backlog_low);
	}
	return m->backlog_low;
}

/* This one has newer ones already; one that is away was to get them in order, and may come back in time. */
static bool
is_for_one_away(const struct sm_session *session)
{
	bool parked;

	if (session->given < oldest_waiting(&session->user->mail, &parked))
		return false;
	list_each(&session->user->sessions, struct sm_session, s, in_user)
		if (session_away(s) && !s->ending && s->available && s->priority >= 0 && (parked || s->manage->behind || s->flush))
			return true;
	return false;
}

void
deliver_offline(struct sm_session *session)
{
	struct mailbox *m = &session->user->mail;

	if (session->ending || !session->available || session->priority < 0 || session->flush || m->flush || !anything_waits(m))
		return;
	if (session_away(session))
		return; /* what is parked for it is what waits; and it may never come back for the rest */
	if (session->passed_over && session->passed_over >= m->last_id)
		return; /* what waits is for others */
	if (is_for_one_away(session))
		return;
	m->flush = flush_new(session, &backlog);
	flush_go_on(session);
}

void
offline_go_on(struct sm_user *user)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		deliver_offline(s);
}

void
offline_elsewhere(struct sm_user *user)
{
	list_each(&user->sessions, struct sm_session, s, in_user)
		s->passed_over = 0;
	offline_go_on(user);
}
