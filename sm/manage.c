/* SPDX-License-Identifier: Apache-2.0 */
/* struct manage: how a client with XEP-0198 counts, and its time away (sm/manage.h). */
#include "sm/manage.h"

#include "common/intern.h"
#include "common/metric.h"
#include "sm/away_text.h"
#include "sm/bus.h"
#include "sm/had.h"
#include "sm/limits.h"
#include "sm/mailbox.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/sm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct metric lost = {
	.name = "xmpp_sessions_away_total", .help = "Sessions whose client went without a word and may resume.", .kind = METRIC_COUNTER};
static struct metric away = {
	.name = "xmpp_sessions_away", .help = "Sessions whose client is away and may resume.", .kind = METRIC_GAUGE};
static struct metric expired = {
	.name = "xmpp_sessions_expired_total", .help = "Sessions whose client did not come back in time.", .kind = METRIC_COUNTER};

enum { UNSURE_MS = 3000 }; /* within so many c2s has opened it once more, if it is still to be had here */

static void on_time(struct timer *t);

static void
time_start(struct manage *m, uint64_t ms)
{
	m->over = loop_now(m->session->sm->loop) + ms;
	timer_start(m->session->sm->loop, &m->timer, ms, on_time);
}

static struct manage *
manage_new(struct sm_session *s, struct str id, uint64_t in_base, uint64_t max)
{
	struct manage *m = xcalloc(1, sizeof(*m));

	snprintf(m->id, sizeof(m->id), STR_FMT, STR_ARG(id));
	m->in_base = in_base;
	m->max = max;
	m->acked = UINT64_MAX;
	m->session = s;
	s->manage = m;
	metric_add(&away, 0); /* it is there to be looked at */
	return m;
}

void
manage_enable(struct sm_session *s, const struct stanza *p, uint64_t seq)
{
	struct word_enable w;

	if (word_read_enable(p, &w) < 0 || w.id.n != SID_LEN) {
		log_warning(&s->log, "bad <enable/> from c2s=%s", s->c2s);
		return;
	}
	if (s->manage)
		return; /* c2s has told it with <open/>, too */
	manage_new(s, w.id, seq, w.max);
	outbound_count(s, w.out);
	log_debug(&s->log, "stream management max=%llu", (unsigned long long)w.max);
}

void
manage_echo(struct sm_session *s, const struct stanza *p)
{
	struct str stanza;

	if (word_read_echo(p, &stanza) == 0 && stanza.n)
		session_send(s, stanza);
}

void
manage_restore(struct sm_session *s, const struct away_head *h)
{
	const struct word_manage *w = &h->w.manage;
	struct manage *m = manage_new(s, w->id, w->in_base, w->max);
	int64_t left = h->until - loop_wall_us(s->sm->loop);

	m->count = w->count;
	m->acked = w->acked;
	m->gen = w->gen;
	m->away = m->restored = true;
	metric_add(&away, 1);
	m->upto = h->since;
	m->given = h->given;
	if (!str_is(h->w.asked, s->sid))
		snprintf(m->asker, sizeof(m->asker), STR_FMT, STR_ARG(h->w.asked));
	m->since = loop_now(s->sm->loop);
	m->stored = (struct stored){.id = ++s->sm->serial, .anew = true, .durable = true};
	had_take(s, h->w.had);
	time_start(m, left > 0 ? MIN((uint64_t)left / 1000, w->max * 1000) : 0);
}

void
manage_reopened(struct sm_session *s, const struct word_open *w)
{
	if (w->manage.id.n != SID_LEN)
		return;
	if (!s->manage)
		manage_new(s, w->manage.id, w->manage.in_base, w->manage.max);
	s->manage->count = s->manage->brought = w->manage.count;
	s->manage->acked = w->manage.acked;
	s->manage->gen = w->manage.gen;
	s->manage->surpassed = false;
	had_take(s, w->had);
}

struct word_manage
manage_word(const struct sm_session *s)
{
	const struct manage *m = s->manage;

	return (struct word_manage){
		.id = str_z(m->id), .in_base = m->in_base, .count = m->count, .max = m->max, .gen = m->gen,
		.acked = MIN(m->acked, m->count)};
}

void
manage_free(struct sm_session *s)
{
	if (!s->manage)
		return;
	if (s->manage->away)
		metric_add(&away, -1);
	timer_stop(&s->manage->timer);
	resume_forget(s->manage);
	had_free(&s->manage->had);
	timer_stop(&s->manage->stored.timer);
	free(s->manage);
	s->manage = NULL;
}

bool
manage_is_former(const struct sm_session *s, const struct word_manage *w)
{
	return s->manage && w->gen < s->manage->gen;
}

bool
manage_is_later(const struct sm_session *s, const struct word_manage *w)
{
	return s->manage && w->id.p && w->gen > s->manage->gen;
}

void
manage_put_out(const struct sm_session *s, const char *former, const char *newcomer)
{
	struct buf b = {0};

	if (!former[0] || strcmp(former, newcomer) == 0)
		return;
	word_write_end(&b, STREAM_CONFLICT, "The session has been resumed on another connection");
	bus_send_word(s->sm, str_z(former), str_z(s->sid), s->in.done, buf_str(&b));
	buf_done(&b);
}

const char *
manage_c2s(const struct sm_session *s)
{
	if (!session_away(s))
		return s->c2s;
	return s->manage->resuming.waits && s->manage->resuming.former[0] ? s->manage->resuming.former : NULL;
}

/* ---- away and back ---- */

bool
session_away(const struct sm_session *s)
{
	return s->manage && s->manage->away;
}

static void
on_time(struct timer *t)
{
	struct manage *m = container_of(t, struct manage, timer);

	metric_add(&expired, 1);
	if (m->session->unsure)
		log_info(&m->session->log, "nobody has opened it again");
	else
		log_info(&m->session->log, "client did not come back seconds=%llu", (unsigned long long)m->max);
	session_end(m->session, STREAM_OK, NULL);
}

/* One user may leave so many behind; the one that has been away for longest goes. */
static void
bound_away(struct sm_user *user)
{
	struct sm_session *oldest = NULL;
	unsigned count = 0;

	list_each(&user->sessions, struct sm_session, s, in_user) {
		if (!session_away(s) || s->ending)
			continue;
		count++;
		if (!oldest || s->manage->since < oldest->manage->since)
			oldest = s;
	}
	if (count <= user->sm->set.away_sessions || !oldest)
		return;
	sm_limit_hit(SM_LIMIT_AWAY_SESSIONS);
	session_end(oldest, STREAM_OK, NULL);
}

void
session_park(struct sm_session *s)
{
	struct manage *m = s->manage;

	m->away = true;
	metric_add(&away, 1);
	m->since = loop_now(s->sm->loop);
	outbound_park(s, true);
	flush_park(s);
	s->c2s = "";
	session_ack_told(s);
	timer_stop(&s->probe);
	time_start(m, m->max * 1000);
}

/*
 * One that a late <open/> may have made is nobody's to resume: where it really is may know more. But the <open/> behind that, of the
 * same c2s or of a later one, may be on its way; who sees the session shall not see it end before that.
 */
static void
lost_unsure(struct sm_session *s)
{
	session_park(s);
	time_start(s->manage, UNSURE_MS);
	log_info(&s->log, "c2s left before it said that it still had it seconds-at-most=%d", UNSURE_MS / 1000);
}

void
session_lost(struct sm_session *s)
{
	struct manage *m = s->manage;

	if (!m || !m->max) {
		session_end(s, STREAM_OK, NULL);
		return;
	}
	if (m->away || s->ending)
		return;
	if (s->unsure) {
		lost_unsure(s);
		return;
	}
	session_park(s);
	metric_add(&lost, 1);
	log_info(&s->log, "client away seconds-at-most=%llu", (unsigned long long)m->max);
	away_write(s);
	mailbox_settle(s->user);
	if (m->behind) /* the rest of the log is for others; what it was sent already is its own as long as it may come back */
		offline_elsewhere(s->user);
	bound_away(s->user);
}

void
manage_fall_behind(struct sm_session *s, int64_t upto)
{
	s->manage->behind = true;
	s->manage->upto = upto;
}

bool
manage_is_behind(const struct sm_session *s)
{
	return session_away(s) && s->manage->behind;
}

bool
manage_has_room(const struct sm_session *s)
{
	const struct settings *set = &s->sm->set;

	return s->unacked.len < set->unacked_stanzas / 2 && s->unacked_bytes < set->unacked_bytes / 2;
}

void
session_back(struct sm_session *s, const char *c2s)
{
	s->c2s = intern(str_z(c2s));
	if (!session_away(s))
		return;
	metric_add(&away, -1);
	s->manage->away = s->manage->restored = s->manage->given = false;
	timer_stop(&s->manage->timer);
	outbound_park(s, false);
}
