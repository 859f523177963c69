/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are away in the database: what is written, and when (sm/away.h). Reading is away_load.c's. */
#include "sm/away.h"

#include "common/metric.h"
#include "sm/away_text.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"

#include <stdlib.h>

enum {
	ADDED_MS = 200,  /* what is added in this time is written together */
	RETRY_MS = 1000, /* after storage could not write */
	PROGRESS_MS = 20000, /* who catches up for longer need not begin anew at the next owner */
};

static struct metric written = {
	.name = "xmpp_away_written_total", .help = "Changes of sessions that are away, in the database.", .kind = METRIC_COUNTER};

struct change { /* under way to the database */
	struct loose loose;
	struct sm *sm;
	unsigned slot;
	uint64_t id;
	char sid[SID_LEN + 1];
};

static void write_now(struct sm_session *s);

/* ---- one change ---- */

static void
change_drop(struct loose *l)
{
	free(container_of(l, struct change, loose));
}

static void
on_timer(struct timer *t)
{
	struct stored *st = container_of(t, struct stored, timer);
	struct manage *m = container_of(st, struct manage, stored);

	write_now(m->session);
}

static struct sm_session *
session_of(const struct change *c)
{
	struct sm_session *s = session_find(c->sm, str_z(c->sid));

	return s && !s->finished && s->manage && s->manage->stored.id == c->id ? s : NULL;
}

static void
change_done(struct sm_session *s, enum storage_result r)
{
	struct stored *st = &s->manage->stored;

	st->writing = false;
	if (r == STORAGE_OK && !st->live && !st->again)
		st->durable = true;
	if (r != STORAGE_OK) {
		st->anew = true;
		timer_start(s->sm->loop, &st->timer, RETRY_MS, on_timer);
	} else if (st->again) {
		write_now(s);
	} else if (!timer_running(&st->timer)) {
		resume_written(s);
	}
}

static void
on_changed(void *arg, enum storage_result r)
{
	struct change *c = arg;
	struct sm_session *s = session_of(c);

	sm_found(c->sm, &c->loose);
	if (s && r == STORAGE_FENCED)
		s->manage->stored.writing = false;
	if (r == STORAGE_FENCED)
		slot_fenced(c->sm, c->slot); /* the session goes with its user */
	else if (s)
		change_done(s, r);
	free(c);
}

static void
change_send(struct sm_session *s, struct away_change *a)
{
	struct change *c = xcalloc(1, sizeof(*c));
	struct sm_user *user = s->user;

	c->sm = s->sm;
	c->slot = a->slot = user->slot;
	c->id = s->manage->stored.id;
	memcpy(c->sid, s->sid, sizeof(c->sid));
	a->sid = str_z(s->sid);
	a->epoch = slot_epoch(s->sm, user->slot);
	sm_loose(s->sm, &c->loose, change_drop);
	metric_add(&written, 1);
	storage_away_change(s->sm->storage, user->jid.bare, a, on_changed, c);
}

int64_t
away_since(const struct sm_session *s)
{
	int64_t upto;

	if (flush_upto(s, &upto))
		return upto;
	return s->manage->behind ? s->manage->upto : s->user->mail.last_id;
}

static void
write_now(struct sm_session *s)
{
	struct stored *st = &s->manage->stored;
	struct away_change a = {.anew = st->anew};
	struct buf head = {0}, piece = {0};

	timer_stop(&st->timer);
	st->again = st->writing;
	if (st->writing)
		return;
	st->writing = true;
	if (st->anew)
		st->upto = st->pieces = 0;
	if (!st->live) {
		a.away = true;
		a.since = away_since(s);
		st->upto = away_print_piece(&piece, s, st->upto);
	}
	away_print_head(&head, s, a.since);
	a.head = buf_str(&head);
	a.piece = buf_str(&piece);
	a.number = ++st->pieces;
	st->anew = false;
	change_send(s, &a);
	buf_done(&head);
	buf_done(&piece);
}

/* ---- when ---- */

void
away_write(struct sm_session *s)
{
	struct stored *st = &s->manage->stored;

	if (!st->id)
		st->id = ++s->sm->serial;
	st->live = st->confirmed = false;
	st->anew = true;
	write_now(s);
}

void
away_added(struct sm_session *s)
{
	struct stored *st;

	if (!session_away(s) || !s->manage->stored.id)
		return;
	st = &s->manage->stored;
	if (!timer_running(&st->timer))
		timer_start(s->sm->loop, &st->timer, ADDED_MS, on_timer);
}

void
away_confirmed(struct sm_session *s)
{
	struct stored *st = &s->manage->stored;

	if (!st->id || st->live || session_away(s))
		return;
	st->confirmed = catching_up_missed(s); /* until then the next owner must know from where on it has to catch up */
	if (st->confirmed)
		return;
	st->live = st->anew = true;
	st->durable = false;
	write_now(s);
}

void
away_catches_up(struct sm_session *s)
{
	struct stored *st = &s->manage->stored;

	if (!st->id || st->live || timer_running(&st->timer))
		return;
	st->anew = true;
	timer_start(s->sm->loop, &st->timer, PROGRESS_MS, on_timer);
}

void
away_caught_up(struct sm_session *s)
{
	if (s->manage->stored.confirmed)
		away_confirmed(s);
}

bool
away_is_kept(const struct sm_session *s)
{
	const struct stored *st = s->manage ? &s->manage->stored : NULL;

	return st && st->id && !st->live && (st->durable || st->writing);
}

void
away_end(struct sm_session *s, bool gone)
{
	struct sm *sm = s->sm;
	struct away_change a = {.sid = str_z(s->sid), .slot = s->user->slot, .epoch = slot_epoch(sm, s->user->slot)};

	if (!s->manage)
		return;
	timer_stop(&s->manage->stored.timer);
	if (s->manage->stored.id && gone && !sm->stopping)
		storage_away_change(sm->storage, s->user->jid.bare, &a, slot_written, slot_arg(sm, s->user->slot));
}

bool
away_hurry(struct sm *sm)
{
	struct sm_session *s;
	bool any = false;
	uint64_t it = 0;

	while ((s = map_next(&sm->sessions, &it))) {
		if (!s->manage)
			continue;
		if (timer_running(&s->manage->stored.timer))
			write_now(s);
		any = any || s->manage->stored.writing;
	}
	return any;
}
