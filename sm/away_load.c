/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that were away when their owner died or left: they come back with
 * their user (sm/away.h), and their users are looked for when slots are
 * claimed, so that contacts see them, and their time ends, whoever asks.
 */
#include "sm/away.h"

#include "common/metric.h"
#include "sm/away_text.h"
#include "sm/mailbox.h"
#include "sm/manage.h"
#include "sm/offline.h"
#include "sm/outbound.h"
#include "sm/presence.h"
#include "sm/session.h"
#include "sm/slots.h"
#include "sm/sm.h"
#include "xmpp/slot.h"

#include <stdlib.h>

enum {
	FENCE_MS = 10000, /* within so many a c2s has opened its sessions at a new owner */
	PAGE = 25,        /* users that are loaded at once, */
	PAUSE_MS = 20,    /* and a pause, so that others are served, too */
	RETRY_MS = 1000,
};

static struct metric restored = {
	.name = "xmpp_away_restored_total", .help = "Sessions that were away at a former owner.", .kind = METRIC_COUNTER};

/* ---- fences ---- */

struct fence {
	struct list_node node;
	char sid[SID_LEN + 1], id[SID_LEN + 1];
	uint64_t gen;
};

static void
fence_free(struct sm_user *user, struct fence *f)
{
	list_remove(&user->fences, &f->node);
	free(f);
}

/* Nobody has come with it: there is no such session any more. */
static void
on_fence_timer(struct timer *t)
{
	struct sm_user *user = container_of(t, struct sm_user, fence_timer);
	struct sm *sm = user->sm;
	struct away_change a = {.slot = user->slot, .epoch = slot_epoch(sm, user->slot)};

	list_each(&user->fences, struct fence, f, node) {
		a.sid = str_z(f->sid);
		storage_away_change(sm->storage, user->jid.bare, &a, slot_written, slot_arg(sm, user->slot));
		fence_free(user, f);
	}
}

static void
fence_add(struct sm_user *user, struct str sid, const struct word_manage *m)
{
	struct fence *f = xcalloc(1, sizeof(*f));

	memcpy(f->sid, sid.p, SID_LEN);
	memcpy(f->id, m->id.p, SID_LEN);
	f->gen = m->gen;
	list_append(&user->fences, &f->node);
	timer_start(user->sm->loop, &user->fence_timer, FENCE_MS, on_fence_timer);
}

static struct fence *
fence_find(const struct sm_user *user, struct str sid)
{
	list_each(&user->fences, struct fence, f, node)
		if (str_is(sid, f->sid))
			return f;
	return NULL;
}

bool
away_is_elsewhere(const struct sm_user *user, struct str manage_id)
{
	list_each(&user->fences, struct fence, f, node)
		if (str_is(manage_id, f->id))
			return true;
	return false;
}

bool
away_is_former(const struct sm_user *user, struct str sid, const struct word_manage *w)
{
	const struct fence *f = fence_find(user, sid);

	return f && w->gen < f->gen;
}

void
away_take_fence(struct sm_session *s)
{
	struct fence *f = fence_find(s->user, str_z(s->sid));

	if (!f || !s->manage)
		return;
	s->manage->stored.id = ++s->sm->serial;
	s->manage->stored.live = true;
	fence_free(s->user, f);
}

void
away_forget(struct sm_user *user)
{
	timer_stop(&user->fence_timer);
	list_each(&user->fences, struct fence, f, node)
		fence_free(user, f);
}

/* ---- sessions ---- */

static void
take_item(void *arg, const struct away_item *item)
{
	struct sm_session *s = arg;
	struct chunk *c = chunk_new(item->stanza);
	struct entry *e = NULL;

	if (item->id)
		e = mailbox_restore(s->user, &(struct log_entry){.id = item->id, .origin = item->rid.p ? item->rid : STR(""),
								 .flags = item->flags, .stanza = item->stanza});
	outbound_restore(s, item->at, c, e);
	chunk_unref(&c);
}

/* A session and its pieces, which follow its head. Returns how many rows that was. */
static size_t
load_one(struct sm_user *user, const struct kv_row *rows, size_t count)
{
	struct arena memory = {0};
	struct sm_session *s = NULL;
	struct away_head h;
	size_t i;

	if (rows[0].key.n != SID_LEN || away_read_head(&memory, rows[0].value, &h) < 0)
		log_error(&user->log, "what is in the database of a session that is away cannot be read");
	else if (h.live)
		fence_add(user, rows[0].key, &h.w.manage);
	else
		s = session_restore(user, rows[0].key, &h);
	for (i = 1; i < count && str_starts(rows[i].key, rows[0].key); i++)
		if (s && away_read_piece(&memory, rows[i].value, take_item, s) < 0)
			log_error(&user->log, "a part of what waits for a session that is away cannot be read");
	metric_add(&restored, s != NULL);
	arena_done(&memory);
	return i;
}

/* Its own part of that; what it may not keep is in the log when it comes back. */
static void
take_row(struct sm_session *s, const struct log_entry *row)
{
	struct manage *m = s->manage;
	struct entry *e;

	if (!session_away(s) || m->behind || row->id <= m->upto)
		return;
	if (!manage_has_room(s)) {
		manage_fall_behind(s, m->upto);
		return;
	}
	e = mailbox_restore(s->user, row);
	if (!outbound_has(s, e))
		offline_missed(s, e, row->stanza);
	m->upto = row->id;
}

/* What has come since it was written: in the log, whoever else has got it. */
static void
take_since(struct sm_user *user, const struct user_rows *rows)
{
	bool all = rows->since_count < AWAY_LOG_MAX;

	for (size_t i = 0; i < rows->since_count; i++)
		list_each(&user->sessions, struct sm_session, s, in_user)
			take_row(s, &rows->since[i]);
	list_each(&user->sessions, struct sm_session, s, in_user)
		if (session_away(s) && !s->manage->behind && !all)
			manage_fall_behind(s, s->manage->upto);
}

void
away_load(struct sm_user *user, const struct user_rows *rows)
{
	size_t i = 0;

	while (i < rows->away_count)
		i += load_one(user, rows->away + i, rows->away_count - i);
	if (!user->sessions.len)
		return;
	take_since(user, rows);
	mailbox_settle(user);
}

/* ---- looking for them ---- */

struct away_search {
	struct sm *sm;
	struct loose loose;
	bool asking, again; /* under way, and once more from the beginning */
	struct str after;
	struct arena memory; /* of `after` */
	struct timer timer;
};

static void search_step(struct away_search *w);

static void
on_search_timer(struct timer *t)
{
	search_step(container_of(t, struct away_search, timer));
}

static void
search_from(struct away_search *w, struct str after)
{
	struct arena memory = {0};

	w->after = arena_str(&memory, after);
	arena_done(&w->memory);
	w->memory = memory;
}

static void
search_drop(struct loose *l)
{
	(void)l; /* away_stop frees it */
}

static void
on_owners(void *arg, enum storage_result r, const struct str *owners, size_t count)
{
	struct away_search *w = arg;
	struct sm *sm = w->sm;

	w->asking = false;
	sm_found(sm, &w->loose);
	if (r != STORAGE_OK) {
		timer_start(sm->loop, &w->timer, RETRY_MS, on_search_timer);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (slot_ours(sm, slot_of(owners[i])))
			(void)user_get(sm, owners[i]);
	if (count == PAGE)
		search_from(w, owners[count - 1]);
	else if (w->again)
		search_from(w, STR(""));
	else
		return;
	w->again = w->again && count == PAGE;
	timer_start(sm->loop, &w->timer, PAUSE_MS, on_search_timer);
}

static void
search_step(struct away_search *w)
{
	w->asking = true;
	sm_loose(w->sm, &w->loose, search_drop);
	storage_away_owners(w->sm->storage, w->after, PAGE, on_owners, w);
}

void
away_claimed(struct sm *sm)
{
	struct away_search *w = sm->away_search;

	if (!w) {
		w = sm->away_search = xcalloc(1, sizeof(*w));
		w->sm = sm;
		w->after = STR("");
	}
	if (w->asking || timer_running(&w->timer)) {
		w->again = true;
		return;
	}
	search_from(w, STR(""));
	search_step(w);
}

void
away_stop(struct sm *sm)
{
	struct away_search *w = sm->away_search;

	if (!w)
		return;
	timer_stop(&w->timer);
	arena_done(&w->memory);
	free(w);
	sm->away_search = NULL;
}
